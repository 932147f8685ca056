/**
 * The start page and the account page.
 * @module
 */

import { PasskeyError, authenticate, autofill, register } from "./webauthn.js";
import {
  Rejection,
  attempt,
  confirmed,
  find,
  finish,
  markEarlier,
  post,
  show,
  showError,
} from "./page.js";

const WAITING = "Your browser asks for a passkey …";

/**
 * Calls a function if an element of the page sends an event.
 * @param {string} selector
 * @param {string} type
 * @param {(element: any, event: any) => void} listener
 */
function on(selector, type, listener) {
  for (const element of document.querySelectorAll(selector)) {
    element.addEventListener(type, (event) => {
      event.preventDefault();
      listener(element, event);
    });
  }
}

/**
 * Shows the page of the account, or the start page if nobody is signed in. The server includes the
 * report of the ceremony.
 * @param {string} [message] what the page should say
 */
function openHome(message = "") {
  sessionStorage.setItem("news", message);
  location.assign("/");
}

// The start page.

/** @type {ReturnType<typeof autofill> | undefined} */
let offer;

/**
 * @param {HTMLFormElement} form with a name for a new account
 */
async function createPasskey({ elements }) {
  markEarlier();
  const name = elements.name?.value;
  const attestation = elements.attestation.checked ? elements.attestation.value : undefined;
  const { options } = await post("/registration/start", { name, attestation });
  await finish("/registration/finish", await register(options));
  openHome(name ? "The account was created with a passkey." : "The passkey was added.");
}

/** @param {{name?: string}} body */
async function signIn(body) {
  markEarlier();
  const { options } = await post("/login/start", body);
  const response = await authenticate(options);
  try {
    await finish("/login/finish", response);
    openHome();
  } catch (error) {
    offer?.resume();
    throw error;
  }
}

on("#create form", "submit", (form) => {
  attempt(form, () => createPasskey(form), WAITING);
});

on("#sign-in-button", "click", (button) => attempt(button, () => signIn({}), WAITING));

on("#sign-in form", "submit", (form) => {
  attempt(form, () => signIn({ name: withNumber(form.elements.username.value) }), WAITING);
});

/**
 * Returns a name that may belong to an account: they all end with a number. The server does not say
 * whether a name exists, so this helps a user who left out the number.
 * @param {string} name
 */
function withNumber(name) {
  if (/-\d{5}\s*$/.test(name)) return name;
  const message = "Please enter the whole name with its number, for example alice-12345.";
  throw new Rejection({ message, developer: "each account name ends with - and five digits" });
}

/** Offers passkeys in the autofill menu of the field for the account name. */
function offerPasskeys() {
  const place = find("#sign-in");
  offer = autofill({
    start: () => post("/login/start", { mediation: "conditional" }),
    async finish(response) {
      show(place, "Signing in …");
      await finish("/login/finish", response);
      openHome();
    },
    onError(error) {
      // The user did not press a button, so there is nothing to explain.
      if (error instanceof PasskeyError) console.debug(error.developer);
      else showError(place, error);
    },
  });
}

if (find("#sign-in")) offerPasskeys();

// The account page.

on("#add-passkey", "submit", (form) => attempt(form, () => createPasskey(form), WAITING));

on(".passkey form", "submit", (form) => {
  attempt(form, async () => {
    const card = form.closest(".passkey");
    const label = form.elements.label.value.trim();
    await post(`/passkeys/${card.dataset.id}/rename`, { label });
    find("h3", card).textContent = label;
    return `Renamed to “${label}”.`;
  });
});

on(".passkey [data-action=delete]", "click", (button) => {
  attempt(button, async () => {
    const card = button.closest(".passkey");
    const name = find("h3", card).textContent;
    const text =
      `After this, you cannot sign in with “${name}”. The site asks your browser to hide it.`;
    if (!(await confirmed("Delete this passkey?", text, "Delete passkey"))) return;
    await post(`/passkeys/${card.dataset.id}/delete`);
    card.closest("li").remove();
    keepLast();
    const list = find("#passkeys");
    show(list, `The passkey “${name}” was deleted.`);
    find("h2", list).focus();
  });
});

/** The only passkey cannot be deleted. */
function keepLast() {
  const [last, ...others] = document.querySelectorAll(".passkey");
  if (!last || others.length > 0) return;
  find("[data-action=delete]", last).disabled = true;
  find(".only", last).hidden = false;
}

on("#sign-out", "click", (button) => leave(button, "/sign-out", "You are signed out."));

on("#sign-out-everywhere", "click", (button) => {
  leave(button, "/sign-out-everywhere", "You are signed out on all devices.");
});

on("#delete-account", "click", async (button) => {
  const text = "Its passkeys are deleted too. The site asks your browser to hide them.";
  const isSure = await confirmed("Delete this account?", text, "Delete account");
  if (isSure) leave(button, "/account/delete", "The account was deleted with its passkeys.");
});

/**
 * @param {Element} button
 * @param {string} path
 * @param {string} message
 */
function leave(button, path, message) {
  attempt(button, async () => {
    await post(path);
    openHome(message);
  });
}

// The message of the page before.

const news = sessionStorage.getItem("news");
sessionStorage.removeItem("news");
if (news && find("#news")) show(find("#news"), news);
