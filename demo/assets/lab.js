/**
 * The page of the experiments.
 * @module
 */

import { authenticate, capabilities, register } from "./webauthn.js";
import {
  attempt,
  confirmed,
  find,
  finish,
  markEarlier,
  post,
  show,
  showReport,
  withSteps,
} from "./page.js";

/** @type {AbortController | null} */
let running = null;

/**
 * Returns bytes of text in base64url, as in the JSON form of the options.
 * @param {FormDataEntryValue | null} text
 */
function base64url(text) {
  const binary = String.fromCharCode(...new TextEncoder().encode(String(text ?? "")));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Returns the extensions of a registration.
 * @param {FormData} form
 */
function registrationExtensions(form) {
  const protection = form.get("credentialProtectionPolicy");
  return {
    ...(form.has("credProps") && { credProps: true }),
    ...(protection && {
      credentialProtectionPolicy: protection,
      enforceCredentialProtectionPolicy: form.has("enforceCredentialProtectionPolicy"),
    }),
    ...(form.get("largeBlobSupport") && { largeBlob: { support: form.get("largeBlobSupport") } }),
    ...(form.get("credBlob") && { credBlob: base64url(form.get("credBlob")) }),
    ...(form.has("minPinLength") && { minPinLength: true }),
    ...(form.get("appidExclude") && { appidExclude: form.get("appidExclude") }),
  };
}

/**
 * Returns the extensions of an authentication.
 * @param {FormData} form
 */
function authenticationExtensions(form) {
  const blob = form.get("largeBlobUse");
  return {
    ...(blob === "read" && { largeBlob: { read: true } }),
    ...(blob === "write" && { largeBlob: { write: base64url(form.get("largeBlobText")) } }),
    ...(form.has("getCredBlob") && { getCredBlob: true }),
    ...(form.get("appid") && { appid: form.get("appid") }),
  };
}

/**
 * Returns the inputs of the extension `prf`. Without inputs, it is only enabled.
 * @param {FormData} form
 */
function prf(form) {
  const [first, second] = [form.get("prfFirst"), form.get("prfSecond")];
  if (!first) return {};
  return { eval: { first: base64url(first), ...(second && { second: base64url(second) }) } };
}

/**
 * Returns the experiment that the form describes.
 * @param {FormData} form
 * @param {string} ceremony
 */
function experiment(form, ceremony) {
  const isRegistration = ceremony === "registration";
  const allowed = String(form.get("allow"));
  const extensions = isRegistration ? registrationExtensions(form) : authenticationExtensions(form);
  return {
    ceremony,
    userVerification: form.get("userVerification"),
    mediation: form.get("mediation") || null,
    hints: form.getAll("hints"),
    list: isRegistration ? form.has("exclude") : allowed !== "",
    ...(!isRegistration && allowed !== "" && allowed !== "all" && { only: allowed }),
    ...(isRegistration && {
      attestation: form.get("attestation"),
      residentKey: form.get("residentKey"),
      attachment: form.get("attachment") || null,
      algorithms: form.getAll("algorithms").map(Number),
    }),
    extensions: { ...extensions, ...(form.has("prf") && { prf: prf(form) }) },
  };
}

/**
 * Makes an experiment, and shows its steps.
 * @param {ReturnType<typeof experiment>} body
 * @param {AbortSignal} signal
 */
async function run(body, signal) {
  const { options } = await post("/lab/start", body);
  const call = body.ceremony === "registration" ? register : authenticate;
  let response;
  try {
    response = await call(options, { signal });
  } catch (error) {
    if (signal.aborted) return "Stopped.";
    throw error;
  }
  await finish("/lab/finish", response);
  await Promise.all([showReport(), showCredentials()]);
  return withSteps("The server accepted it.");
}

/** Shows the passkeys of the experiments again, without changing the form. */
async function showCredentials() {
  const reply = await fetch("/lab");
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const [before, after] = [find("#earlier"), find("#earlier", page)];
  if (before && after) before.replaceWith(after);
  const allow = find("#allow");
  const chosen = allow.value;
  allow.replaceChildren(...find("#allow", page).children);
  // The chosen passkey may be forgotten.
  allow.value = chosen;
  if (allow.selectedIndex < 0) allow.value = "all";
}

/**
 * Says what to wait for.
 * @param {ReturnType<typeof experiment>} body
 */
function waiting({ ceremony, mediation }) {
  if (!mediation) return "Your browser asks for a passkey …";
  if (ceremony === "registration") {
    return (
      "Your browser creates the passkey only if a password manager has just signed you in here. " +
      "It may wait forever: press Stop."
    );
  }
  return "Choose a passkey in the autofill menu of the field for conditional logins …";
}

async function onSubmit(/** @type {SubmitEvent} */ event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const button = /** @type {HTMLButtonElement} */ (event.submitter);
  const body = experiment(new FormData(form), button.value);
  const controller = new AbortController();
  running = controller;
  markEarlier();
  form.dataset.running = body.ceremony;
  find("#stop").hidden = false;
  await attempt(form, () => run(body, controller.signal), waiting(body));
  if (running !== controller) return;
  delete form.dataset.running;
  // A hidden button cannot keep the focus.
  if (document.activeElement === find("#stop")) button.focus();
  find("#stop").hidden = true;
}

async function onClick(/** @type {Event} */ event) {
  const button = /** @type {Element} */ (event.target).closest("#stop, #clear");
  if (button?.id === "stop") running?.abort();
  if (button?.id === "clear") await attempt(button, forget);
}

async function forget() {
  const text = "This site forgets them. Your devices and security keys keep them.";
  if (!(await confirmed("Forget these passkeys?", text, "Forget passkeys"))) return;
  await post("/lab/clear");
  await showCredentials();
  markEarlier();
  show(find("#earlier"), "The passkeys were forgotten.");
  find("#earlier-heading").focus();
}

/** The capabilities of browsers, in words. */
const CAPABILITIES = new Map([
  ["conditionalCreate", "Create a passkey without a dialog"],
  ["conditionalGet", "Offer passkeys in the autofill menu"],
  ["hybridTransport", "Use a passkey of a phone, with a QR code"],
  ["immediateGet", "Ask only if this device has a passkey"],
  ["passkeyPlatformAuthenticator", "Use a passkey of this device or of a phone"],
  ["relatedOrigins", "Use one passkey on related websites"],
  ["signalAllAcceptedCredentials", "Hide passkeys that a website deleted"],
  ["signalCurrentUserDetails", "Update the name that a passkey shows"],
  ["signalUnknownCredential", "Hide a passkey that a website does not know"],
  ["userVerifyingPlatformAuthenticator", "Use the screen lock of this device"],
  ["webauthn", "Use passkeys"],
]);

async function showCapabilities() {
  const found = Object.entries(await capabilities()).sort(([a], [b]) => a.localeCompare(b));
  for (const [name, value] of found) {
    const [term, description] = [document.createElement("dt"), document.createElement("dd")];
    const code = Object.assign(document.createElement("code"), { textContent: name });
    term.append(...(CAPABILITIES.has(name) ? [`${CAPABILITIES.get(name)} · `, code] : [code]));
    description.textContent = value ? "Yes" : "No";
    find("#capabilities").append(term, description);
  }
}

/** Inputs of `prf` have no effect if the extension is not enabled. */
function onInput(/** @type {Event} */ event) {
  const { name, value } = /** @type {HTMLInputElement} */ (event.target);
  if (name.startsWith("prf") && name !== "prf" && value) find("[name=prf]").checked = true;
}

find("#experiment").addEventListener("submit", onSubmit);
find("#experiment").addEventListener("input", onInput);
document.addEventListener("click", onClick);
showCapabilities();
