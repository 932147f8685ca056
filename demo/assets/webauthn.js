/**
 * The browser half of WebAuthn, in one file without dependencies. Copy it into your own site.
 *
 * The server sends options as JSON, and gets the response of the browser as JSON:
 *
 * ```js
 * import { PasskeyError, authenticate, sendSignals } from "./webauthn.js";
 *
 * try {
 *   const { options } = await post("/login/start", {});
 *   const response = await authenticate(options);
 *   const signals = await post("/login/finish", response);
 *   await sendSignals(signals);
 * } catch (error) {
 *   if (!(error instanceof PasskeyError)) throw error;
 *   show(error.message);
 * }
 * ```
 *
 * Browsers allow only one call of `navigator.credentials` at a time. So a new call aborts the call
 * before it, and waits until that call has ended.
 *
 * If you use the `prf` extension: its results are secret keys, and they are part of the response
 * (`clientExtensionResults.prf.results`). Delete them before you send the response to the server,
 * unless the server is meant to know them.
 */

/**
 * @typedef {{[name: string]: any}} Json a JSON object
 * @typedef {{publicKey: Json, mediation?: CredentialMediationRequirement}} Options the options of a
 *   ceremony, as the server sends them
 */

/**
 * Why a ceremony failed in the browser:
 *
 * - `not-allowed`: the user cancelled, or waited too long, or has no suitable passkey, or the page
 *   may not use passkeys. Browsers do not tell these reasons apart, so that a site learns nothing
 *   about a user who does not want to sign in. Nearly always, the user cancelled.
 * - `already-registered`: the authenticator has a passkey of this account already.
 * - `wrong-site`: the RP ID does not belong to the address of the page.
 * - `unsupported`: the browser has no WebAuthn, the page does not use HTTPS, or no authenticator has
 *   what the options ask for.
 * - `constraint`: no authenticator can store the passkey or verify the user, as the options require.
 * - `aborted`: the page aborted the call, or a newer call replaced it. Usually, show nothing.
 * - `unknown`: anything else. `cause` is the error of the browser.
 *
 * @typedef {"not-allowed" | "already-registered" | "wrong-site" | "unsupported" | "constraint"
 *   | "aborted" | "unknown"} Code
 */

/** @type {Record<Code, string>} */
const MESSAGES = {
  "not-allowed": "No passkey was used: the request was cancelled or took too long, or there was no suitable passkey.",
  "already-registered": "This device or security key already has a passkey for this account.",
  "wrong-site": "Passkeys of this site cannot be used at this address.",
  unsupported: "This browser or device cannot do this with passkeys.",
  constraint: "This device cannot store this passkey, or it has no screen lock or PIN.",
  aborted: "The request was stopped.",
  unknown: "Your browser could not use a passkey. Please try again.",
};

/** @type {Record<string, Code>} */
const CODES = {
  AbortError: "aborted",
  ConstraintError: "constraint",
  NotAllowedError: "not-allowed",
  NotSupportedError: "unsupported",
  SecurityError: "wrong-site",
};

/** A ceremony that failed in the browser. The message is a sentence for the user. */
export class PasskeyError extends Error {
  /**
   * @param {Code} code
   * @param {unknown} [cause] the error of the browser
   */
  constructor(code, cause) {
    super(MESSAGES[code], { cause });
    this.name = "PasskeyError";
    /** @type {Code} */
    this.code = code;
  }

  /** The error of the browser, in words for a developer. */
  get developer() {
    return this.cause ? `${this.code}: ${this.cause}` : this.code;
  }
}

/**
 * Creates a passkey, and returns the `RegistrationResponseJSON` for the server.
 * @param {Options} options
 * @param {{signal?: AbortSignal}} [settings]
 * @throws {PasskeyError}
 */
export function register(options, { signal } = {}) {
  return byButton((signal) => ceremony("create", options, signal), signal);
}

/**
 * Uses a passkey, and returns the `AuthenticationResponseJSON` for the server. For conditional
 * mediation, use {@link autofill}.
 * @param {Options} options
 * @param {{signal?: AbortSignal}} [settings]
 * @throws {PasskeyError}
 */
export function authenticate(options, { signal } = {}) {
  return byButton((signal) => ceremony("get", options, signal), signal);
}

/**
 * Offers passkeys in the autofill menu of an input field with `autocomplete="username webauthn"`,
 * until the user chooses one. There can be one offer at a time.
 *
 * `register` and `authenticate` interrupt the offer. If they fail, it continues. If they succeed,
 * but the server rejects the response, call `resume`.
 *
 * @param {object} settings
 * @param {() => Promise<{options: Options, validFor: number}>} settings.start fetches options with
 *   `mediation: "conditional"`. They are fetched again before they expire, after `validFor` seconds.
 * @param {(response: Json) => Promise<void>} settings.finish sends the response to the server. If
 *   it throws, the passkeys are offered again.
 * @param {(error: Error) => void} settings.onError called if the browser, `start` or `finish` fails
 * @returns {{resume: () => void, stop: () => void}}
 */
export function autofill(settings) {
  /** @type {AbortController | null} */
  let running = null;
  const mine = {
    pause() {
      running?.abort();
      running = null;
    },
    resume() {
      if (offer !== mine || running || buttons > 0) return;
      const controller = (running = new AbortController());
      offerPasskeys(settings, controller.signal).then(() => {
        if (running === controller) running = null;
      });
    },
    stop() {
      mine.pause();
      if (offer === mine) offer = null;
    },
  };
  offer?.stop();
  offer = mine;
  mine.resume();
  return mine;
}

/**
 * Tells password managers which passkeys the site accepts: calls `signalUnknownCredential` with
 * `unknownCredential`, and so on. Signals are only hints, so it does not matter if one fails, or if
 * the browser does not have it. Other members are ignored.
 *
 * @param {{unknownCredential?: Json, allAcceptedCredentials?: Json, currentUserDetails?: Json}} signals
 */
export async function sendSignals(signals) {
  for (const [name, options] of Object.entries(signals ?? {})) {
    const method = `signal${name[0].toUpperCase()}${name.slice(1)}`;
    await answer(() => browser()?.[method]?.(options));
  }
}

/**
 * Returns what the browser can do, with the names of `PublicKeyCredential.getClientCapabilities`:
 * for example `conditionalGet` or `extension:prf`. If a name is missing, the browser does not say.
 *
 * @returns {Promise<{webauthn: boolean, [name: string]: boolean}>}
 */
export async function capabilities() {
  const type = browser();
  if (!type || !navigator.credentials) return { webauthn: false };
  /** @type {{webauthn: boolean, [name: string]: boolean}} */
  const found = { webauthn: true, ...(await answer(() => type.getClientCapabilities?.())) };
  found.conditionalGet ??= (await answer(() => type.isConditionalMediationAvailable?.())) ?? false;
  const hasPlatform = () => type.isUserVerifyingPlatformAuthenticatorAvailable?.();
  found.userVerifyingPlatformAuthenticator ??= (await answer(hasPlatform)) ?? false;
  return found;
}

/** @returns {any} the interface of the browser, if it has one */
const browser = () => globalThis.PublicKeyCredential;

/** @param {() => any} method a method that may be missing or fail */
async function answer(method) {
  try {
    return await method();
  } catch (error) {
    console.debug(error);
  }
}

// One call at a time.

/**
 * The call that the browser has not answered yet.
 * @type {{controller: AbortController, ended: Promise<void>} | null}
 */
let pending = null;

/** The number of calls of `register` and `authenticate` that have not ended. */
let buttons = 0;

/** @type {{pause: () => void, resume: () => void, stop: () => void} | null} */
let offer = null;

/**
 * Makes a call that the user started, for example with a button.
 * @param {Call} call
 * @param {AbortSignal} [signal]
 */
async function byButton(call, signal) {
  buttons += 1;
  offer?.pause();
  try {
    return await alone(call, signal).finally(() => (buttons -= 1));
  } catch (error) {
    offer?.resume();
    throw error;
  }
}

/**
 * Aborts the pending call, waits until it has ended, and makes a new one. The new one is aborted by
 * `signal`, or after `seconds`.
 * @typedef {(signal: AbortSignal) => Promise<Json>} Call
 * @param {Call} call
 * @param {AbortSignal} [signal]
 * @param {number} [seconds]
 */
async function alone(call, signal, seconds) {
  while (pending) {
    const before = pending;
    before.controller.abort();
    // Some password managers do not end a call that is aborted.
    await Promise.race([before.ended, new Promise((done) => setTimeout(done, 1000))]);
    if (pending === before) pending = null;
  }
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  const timer = seconds && setTimeout(abort, seconds * 1000);
  const result = call(controller.signal);
  const end = () => {
    if (pending?.controller === controller) pending = null;
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  pending = { controller, ended: result.then(end, end) };
  return result;
}

/** A call that fails within this time, in milliseconds, failed by itself: no user is so fast. */
const SOON = 1000;

/**
 * Makes conditional calls until the user chooses a passkey that the server accepts.
 * @param {Parameters<typeof autofill>[0]} settings
 * @param {AbortSignal} signal
 */
async function offerPasskeys({ start, finish, onError }, signal) {
  if (!(await capabilities()).conditionalGet) return;
  while (!signal.aborted) {
    let response;
    const startedAt = Date.now();
    try {
      const { options, validFor } = await start();
      if (signal.aborted) return;
      response = await alone((signal) => ceremony("get", options, signal), signal, validFor * 0.9);
    } catch (error) {
      if (signal.aborted) return;
      const code = error instanceof PasskeyError ? error.code : "";
      if (code === "aborted") continue;
      onError(/** @type {Error} */ (error));
      // The user closed the dialog of the browser, and may choose again. A call that fails at once
      // would fail again.
      if (code === "not-allowed" && Date.now() - startedAt >= SOON) continue;
      return;
    }
    try {
      return await finish(response);
    } catch (error) {
      onError(/** @type {Error} */ (error));
    }
  }
}

/**
 * Calls the browser.
 * @param {"create" | "get"} method
 * @param {Options} options
 * @param {AbortSignal} signal
 */
async function ceremony(method, { publicKey, mediation }, signal) {
  if (!browser() || !navigator.credentials) throw new PasskeyError("unsupported");
  try {
    const request = { publicKey: decode(publicKey, method), mediation, signal };
    return encode(await navigator.credentials[method](request));
  } catch (error) {
    const { name } = /** @type {Error} */ (error);
    if (signal.aborted) throw new PasskeyError("aborted", error);
    // Only a registration gets this error for an existing passkey.
    const isDuplicate = name === "InvalidStateError" && method === "create";
    throw new PasskeyError(isDuplicate ? "already-registered" : (CODES[name] ?? "unknown"), error);
  }
}

// JSON.

/**
 * Replaces base64url text in options by bytes. Browsers have a function for this, but in some of them
 * it leaves out extensions that they support. So both are done, and the result of the browser is
 * preferred: it may know extensions that this file does not know.
 * @param {Json} json
 * @param {"create" | "get"} method
 */
function decode(json, method) {
  const withId = (/** @type {Json} */ item) => ({ ...item, id: bytes(item.id) });
  const { challenge, user, excludeCredentials, allowCredentials, extensions } = json;
  const decoded = {
    ...json,
    challenge: bytes(challenge),
    ...(user && { user: withId(user) }),
    ...(excludeCredentials && { excludeCredentials: excludeCredentials.map(withId) }),
    ...(allowCredentials && { allowCredentials: allowCredentials.map(withId) }),
    ...(extensions && { extensions: decodeExtensions(extensions) }),
  };
  const name = method === "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
  const parsed = browser()[name]?.(json);
  return { ...decoded, ...parsed, extensions: { ...decoded.extensions, ...parsed?.extensions } };
}

/** The members of extension inputs that are bytes. */
const BYTES = ["credBlob", "first", "second", "write"];

/**
 * @param {any} value
 * @param {string} [name]
 * @returns {any}
 */
function decodeExtensions(value, name = "") {
  if (typeof value === "string") return BYTES.includes(name) ? bytes(value) : value;
  return mapMembers(value, decodeExtensions);
}

/**
 * Returns a credential as JSON. `toJSON` is not used for the extension results: Chromium 148 leaves
 * out the results of `prf`, and always says `false` for `credBlob`.
 * @param {any} credential
 * @returns {Json}
 */
function encode(credential) {
  const clientExtensionResults = text(credential.getClientExtensionResults());
  try {
    if (credential.toJSON) return { ...credential.toJSON(), clientExtensionResults };
  } catch {
    // The objects of some password managers have a `toJSON` that fails.
  }
  const { id, rawId, type, authenticatorAttachment, response } = credential;
  const { clientDataJSON, attestationObject, authenticatorData, signature, userHandle } = response;
  const members = {
    clientDataJSON,
    attestationObject,
    authenticatorData: authenticatorData ?? response.getAuthenticatorData?.(),
    transports: response.getTransports?.(),
    publicKey: response.getPublicKey?.(),
    publicKeyAlgorithm: response.getPublicKeyAlgorithm?.(),
    signature,
    userHandle,
  };
  const json = text({ id, rawId, type, authenticatorAttachment, response: members });
  return { ...json, clientExtensionResults };
}

/**
 * Replaces bytes by base64url text, and leaves out members without a value.
 * @param {any} value
 * @returns {any}
 */
function text(value) {
  if (value instanceof ArrayBuffer) return base64url(new Uint8Array(value));
  // A view, for example a Uint8Array, can be a part of a buffer.
  if (!ArrayBuffer.isView(value)) return mapMembers(value, text);
  return base64url(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}

/**
 * Maps the members of an object. Any other value stays as it is.
 * @param {any} value
 * @param {(value: any, name: string) => any} map
 */
function mapMembers(value, map) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member != null);
  return Object.fromEntries(members.map(([name, member]) => [name, map(member, name)]));
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} text base64url */
function bytes(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
