// What a row can do: change authenticators, run ceremonies, and say in words what happened.
import { PAGE } from "./page.mjs";
import { WebDriverError } from "./webdriver.mjs";

/** The paths of the ceremonies of the site, and those of its experiments. */
const PATHS = {
  registration: { start: "/registration/start", finish: "/registration/finish" },
  authentication: { start: "/login/start", finish: "/login/finish" },
};
const LAB = { start: "/lab/start", finish: "/lab/finish" };

/** An authenticator that can hold passkeys, like the one in a telephone or a laptop. */
const PASSKEYS = {
  protocol: "ctap2_1",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  isUserConsenting: true,
};

/** A row that this browser cannot run, with the reason. */
export class NotPossible extends Error {}

/** Returns what happened in a ceremony, in words. */
export function words(outcome) {
  const { stage, status, reply, browserError } = outcome;
  if (stage === "browser") {
    return browserError === "waits"
      ? "the browser waits for the user"
      : `the browser refuses (${browserError})`;
  }
  if (status === 200) return "accepted";
  const step = /^(registration|authentication) step ([\d.]+) /.exec(reply.developer ?? "");
  if (step) return `refused at ${step[1]} step ${step[2]}`;
  return `refused: ${reply.message || `status ${status}`}`;
}

/** Returns a credential without empty members: drivers reject them when it is added. */
export function onlyKnown(credential) {
  const known = Object.entries(credential).filter(([, value]) => value !== null && value !== "");
  return Object.fromEntries(known);
}

export class Tester {
  #authenticators = [];

  /** `parts` has the browser and its name, the sites, and the collection of captured responses. */
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Prepares a row: a new session, no authenticator, one tab. */
  async begin() {
    const [first, ...others] = await this.browser.get("/window/handles");
    for (const tab of others) {
      await this.browser.switchTo(tab);
      await this.browser.closeTab();
    }
    // In Chromium, an authenticator belongs to a tab. Those of the other tabs are gone.
    await this.browser.switchTo(first);
    for (const id of this.#authenticators.splice(0)) {
      await this.browser.removeAuthenticator(id).catch(() => {});
    }
    this.authenticatorText = "no authenticator";
    await this.visit(this.site);
  }

  /**
   * Opens a page of a site as a new visitor. The page of the experiments does not ask for a passkey
   * by itself, so it does not disturb the scripts of a row.
   */
  async visit(site, path = "/lab") {
    this.at = site;
    await this.browser.open(site.origin + path);
    await this.browser.delete("/cookie");
    await this.browser.open(site.origin + path);
  }

  /** Adds an authenticator and returns its ID. */
  async authenticator(changes = {}) {
    const options = { ...PASSKEYS, ...changes };
    const id = await this.browser.addAuthenticator(options);
    this.#authenticators.push(id);
    this.authenticatorText = `virtual authenticator, ${options.protocol}, ${options.transport}`;
    return id;
  }

  /** Adds an authenticator like a security key that knows only the older protocol. */
  u2f(changes = {}) {
    const lacks = { hasResidentKey: false, hasUserVerification: false, isUserVerified: false };
    return this.authenticator({ protocol: "ctap1/u2f", transport: "usb", ...lacks, ...changes });
  }

  /** Runs a script in the page, with the functions of `page.mjs`. */
  script(text, ...args) {
    return this.browser.runAsync(`${PAGE}\n${text}`, ...args);
  }

  /** Sends a POST request from the page. */
  async send(path, body = {}) {
    return this.script("return send(...arguments);", path, body);
  }

  /**
   * Runs a ceremony. `edit` is the text of a statement that changes `options` before the browser
   * gets them. `capture` is the name under which the response is kept, and `expect` its verdict.
   */
  async #perform(ceremony, paths, body, { capture, expect, edit = "", seconds = 3 } = {}) {
    const script = `return perform(...arguments, (options) => { ${edit} });`;
    const outcome = await this.script(script, ceremony, paths, body, seconds);
    if (outcome.response !== undefined) {
      this.captures.add(this, ceremony, outcome, { name: capture, expect });
    }
    return outcome;
  }

  /** Creates an account. With `{}` as body, adds a passkey to the account that is signed in. */
  register(body = { name: "Alice" }, options = {}) {
    return this.#perform("registration", PATHS.registration, body, options);
  }

  signIn(body = {}, options = {}) {
    return this.#perform("authentication", PATHS.authentication, body, options);
  }

  /** Creates an account, which must succeed. Returns its name. */
  async newAccount(options = {}) {
    const outcome = await this.register({ name: "Alice" }, options);
    if (words(outcome) !== "accepted") throw new Error(`registration: ${words(outcome)}`);
    return outcome.options.publicKey.user.name;
  }

  /** Runs an experiment. */
  lab(ceremony, settings = {}, options = {}) {
    return this.#perform(ceremony, LAB, { ceremony, ...settings }, options);
  }

  /** Runs an experiment, and passes the options to the browser only. */
  async labOptions(ceremony, settings = {}) {
    const started = await this.send(LAB.start, { ceremony, ...settings });
    if (started.status !== 200) throw new Error(`no options: ${JSON.stringify(started.reply)}`);
    return started.reply.options;
  }

  /** Registers and signs in on the site, and says in words what happened. */
  async both(name) {
    const registered = await this.register(undefined, named(name, "registration"));
    if (words(registered) !== "accepted") return `registration: ${words(registered)}`;
    await this.send("/sign-out");
    await this.visit(this.at);
    const login = await this.signIn({}, named(name, "login"));
    return words(login) === "accepted" ? "registers and signs in" : `login: ${words(login)}`;
  }

  /** The same as `both` with experiments. */
  async bothInLab(settings = {}, name = undefined, loginSettings = {}) {
    const first = await this.lab("registration", settings, named(name, "registration"));
    if (words(first) !== "accepted") return `registration: ${words(first)}`;
    const { userVerification } = settings;
    const all = { userVerification, list: true, ...loginSettings };
    const login = await this.lab("authentication", all, named(name, "login"));
    return words(login) === "accepted" ? "registers and signs in" : `login: ${words(login)}`;
  }

  /** Returns the only credential of an authenticator. */
  async onlyCredential(id) {
    const credentials = await this.browser.credentials(id);
    if (credentials.length !== 1) throw new Error(`${credentials.length} credentials instead of 1`);
    return credentials[0];
  }

  /** Replaces the only credential of an authenticator by one with these changes. */
  async replaceCredential(id, changes) {
    const credential = { ...(await this.onlyCredential(id)), ...changes };
    await this.browser.removeCredential(id, credential.credentialId);
    await this.browser.addCredential(id, onlyKnown(credential));
  }

  /** Waits, because a browser needs a moment to hand a signal to its authenticators. */
  pause(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  }
}

function named(name, ceremony) {
  return name === undefined ? {} : { capture: `${name}/${ceremony}` };
}

/** Runs one row. Returns what happened, in words. */
export async function runRow(row, tester) {
  try {
    await tester.begin();
    return await row.run(tester);
  } catch (error) {
    if (error instanceof NotPossible) return `not possible: ${error.message}`;
    // A driver answers like this to a command that the browser does not have.
    const lacks = ["unknown command", "unsupported operation", "invalid argument"];
    if (error instanceof WebDriverError && lacks.includes(error.code)) {
      return `not possible: ${error.message}`;
    }
    return `error: ${error.message}`;
  }
}
