// The functions that run in a page of the site. They are passed to the browser as text, so they
// use nothing from outside. They do not need the scripts of the site.

/* global PublicKeyCredential, navigator, fetch, setTimeout, AbortController */

/** Sends a POST request with a JSON body. Returns the status and the body of the reply. */
async function send(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const content = await response.text();
  let reply;
  try {
    reply = JSON.parse(content);
  } catch {
    reply = { message: content };
  }
  return { status: response.status, reply };
}

/** Passes options to the browser. Returns the response as JSON, or the name of the error. */
async function ask(ceremony, options, seconds) {
  // A browser without a suitable authenticator waits for the user to connect another one.
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), seconds * 1000);
  try {
    const { publicKey, ...others } = options;
    const request = { ...others, signal: controller.signal };
    let credential;
    if (ceremony === "registration") {
      request.publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
      credential = await navigator.credentials.create(request);
    } else {
      request.publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
      credential = await navigator.credentials.get(request);
    }
    // In Chromium 148, `toJSON` leaves out some extension outputs.
    const clientExtensionResults = text(credential.getClientExtensionResults());
    return { response: JSON.stringify({ ...credential.toJSON(), clientExtensionResults }) };
  } catch (error) {
    const waits = controller.signal.aborted;
    return { browserError: waits ? "waits" : error.name, browserMessage: error.message };
  } finally {
    clearTimeout(timer);
  }
}

/** Replaces bytes by base64url text. */
function text(value) {
  const isBytes = Object.prototype.toString.call(value) === "[object ArrayBuffer]";
  if (isBytes || ArrayBuffer.isView(value)) {
    const bytes = isBytes ? new Uint8Array(value) : new Uint8Array(value.buffer);
    const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, text(member)]));
}

/** Runs a whole ceremony: start, ask the browser, finish. `edit` may change the options. */
async function perform(ceremony, paths, body, seconds, edit) {
  const started = await send(paths.start, body);
  if (started.status !== 200) return { stage: "start", ...started };
  const { options } = started.reply;
  const edited = JSON.parse(JSON.stringify(options));
  edit(edited);
  const asked = await ask(ceremony, edited, seconds);
  if (asked.response === undefined) return { stage: "browser", options, ...asked };
  const finished = await send(paths.finish, asked.response);
  return { stage: "finish", options, response: asked.response, ...finished };
}

export const PAGE = [send, ask, text, perform].map(String).join("\n");
