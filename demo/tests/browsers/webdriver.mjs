// A small WebDriver client: it starts a driver, opens a browser, and sends commands.
//
// The commands for virtual authenticators are in the specification of WebAuthn, section 11:
// https://www.w3.org/TR/webauthn-3/#sctn-automation
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** A command that the driver or the browser rejected. `code` is the error code of WebDriver. */
export class WebDriverError extends Error {
  constructor(command, { error, message }) {
    super(`${command}: ${error}: ${String(message).split("\n").slice(0, 2).join(" ")}`);
    this.code = error;
  }
}

/** Returns the path of the first of these programs that exists, or undefined. */
export function firstProgram(names) {
  return names.map((name) => outputOf("which", [name])).find((path) => path !== "");
}

/** Returns the first line of the output of a program. */
export function outputOf(program, args) {
  return spawnSync(program, args, { encoding: "utf8" }).stdout.split("\n")[0].trim();
}

/** Returns a port on which nothing listens. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Calls `attempt` until it returns a value that is not falsy, or the time is over. */
export async function until(what, attempt, seconds = 15) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await attempt();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: nothing after ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A browser that WebDriver controls. */
export class Browser {
  #driver;
  #base;
  #session;

  /** Starts the driver program and opens a browser with these capabilities. */
  static async start(program, args, capabilities) {
    const browser = new this();
    const port = await freePort();
    browser.#base = `http://127.0.0.1:${port}`;
    browser.#driver = spawn(program, [...args, `--port=${port}`], { stdio: "ignore" });
    browser.#driver.once("error", (error) => console.error(`${program}: ${error.message}`));
    await until(program, async () => {
      try {
        return (await browser.#send("GET", "/status")).ready;
      } catch {
        return false;
      }
    });
    const body = { capabilities: { alwaysMatch: capabilities } };
    try {
      const { sessionId } = await browser.#send("POST", "/session", body);
      browser.#session = `/session/${sessionId}`;
      return browser;
    } catch (error) {
      browser.#driver.kill();
      throw error;
    }
  }

  async quit() {
    try {
      if (this.#session) await this.#send("DELETE", this.#session);
    } finally {
      this.#driver.kill();
    }
  }

  async #send(method, path, body) {
    const response = await fetch(this.#base + path, {
      method,
      headers: { "content-type": "application/json" },
      body: method === "POST" ? JSON.stringify(body ?? {}) : undefined,
    });
    const text = await response.text();
    // Geckodriver answers with plain text to a command that it does not know.
    const { value } = text.startsWith("{") ? JSON.parse(text) : { value: { message: text } };
    if (!response.ok) throw new WebDriverError(`${method} ${path.split("/").at(-1)}`, value);
    return value;
  }

  get(path) {
    return this.#send("GET", this.#session + path);
  }

  post(path, body) {
    return this.#send("POST", this.#session + path, body);
  }

  delete(path) {
    return this.#send("DELETE", this.#session + path);
  }

  // Pages.

  open(url) {
    return this.post("/url", { url });
  }

  /** Runs the body of a function in the page, and returns its value. */
  run(script, ...args) {
    return this.post("/execute/sync", { script, args });
  }

  /** Runs the body of an async function in the page, and returns the value of its promise. */
  runAsync(script, ...args) {
    const wrapped = `
      const done = arguments[arguments.length - 1];
      (async function () { ${script} }).apply(null, [...arguments].slice(0, -1)).then(
        (value) => done({ value }),
        (error) => done({ error: error.name + ": " + error.message }),
      );`;
    return this.post("/execute/async", { script: wrapped, args }).then(({ value, error }) => {
      if (error !== undefined) throw new Error(error);
      return value;
    });
  }

  // Elements, by CSS selector.

  async find(selector) {
    const body = { using: "css selector", value: selector };
    return `/element/${(await this.post("/element", body))[ELEMENT]}`;
  }

  async click(selector) {
    return this.post(`${await this.find(selector)}/click`);
  }

  async type(selector, text) {
    return this.post(`${await this.find(selector)}/value`, { text });
  }

  async enterFrame(selector) {
    const id = (await this.find(selector)).split("/").at(-1);
    return this.post("/frame", { id: { [ELEMENT]: id } });
  }

  // Windows and tabs.

  tab() {
    return this.get("/window");
  }

  async newTab() {
    return (await this.post("/window/new", { type: "tab" })).handle;
  }

  switchTo(handle) {
    return this.post("/window", { handle });
  }

  closeTab() {
    return this.delete("/window");
  }

  // Virtual authenticators. Each method takes the ID of the authenticator.

  addAuthenticator(options) {
    return this.post("/webauthn/authenticator", options);
  }

  removeAuthenticator(id) {
    return this.delete(`/webauthn/authenticator/${id}`);
  }

  credentials(id) {
    return this.get(`/webauthn/authenticator/${id}/credentials`);
  }

  addCredential(id, credential) {
    return this.post(`/webauthn/authenticator/${id}/credential`, credential);
  }

  removeCredential(id, credentialId) {
    return this.delete(`/webauthn/authenticator/${id}/credentials/${credentialId}`);
  }

  setUserVerified(id, isUserVerified) {
    return this.post(`/webauthn/authenticator/${id}/uv`, { isUserVerified });
  }

  /** Changes the backup flags of a credential: `{ backupEligibility, backupState }`. */
  setProperties(id, credentialId, properties) {
    return this.post(
      `/webauthn/authenticator/${id}/credentials/${credentialId}/props`,
      properties,
    );
  }
}
