/**
 * The start page and the account page.
 * @module
 */

import { PasskeyError, authenticate, autofill, register } from "./webauthn.js";
import { attempt, find, finish, post, show, showError } from "./page.js";

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

/** Shows the page of the account. The server includes the report of the ceremony. */
function openAccount() {
  location.assign("/");
}

// The start page.

/** @type {ReturnType<typeof autofill> | undefined} */
let offer;

/**
 * @param {HTMLFormElement} form with a name for a new account
 */
async function createPasskey({ elements }) {
  const name = elements.name?.value;
  const attestation = elements.attestation.checked ? elements.attestation.value : undefined;
  const { options } = await post("/registration/start", { name, attestation });
  await finish("/registration/finish", await register(options));
  openAccount();
}

/** @param {{name?: string}} body */
async function signIn(body) {
  const { options } = await post("/login/start", body);
  const response = await authenticate(options);
  try {
    await finish("/login/finish", response);
    openAccount();
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
  attempt(form, () => signIn({ name: form.elements.username.value }), WAITING);
});

/** Offers passkeys in the autofill menu of the field for the account name. */
function offerPasskeys() {
  const place = find("#sign-in");
  offer = autofill({
    start: () => post("/login/start", { mediation: "conditional" }),
    async finish(response) {
      show(place, "Signing in …");
      await finish("/login/finish", response);
      openAccount();
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
    return "The passkey has a new name.";
  });
});

on(".passkey [data-action=delete]", "click", (button) => {
  attempt(button, async () => {
    const card = button.closest(".passkey");
    const name = find("h3", card).textContent;
    const text = `You can no longer sign in with “${name}”. Your browser is told to hide it.`;
    if (!(await confirmed("Delete this passkey?", text, "Delete passkey"))) return;
    await post(`/passkeys/${card.dataset.id}/delete`);
    card.remove();
    const list = find("#passkeys");
    show(list, `The passkey “${name}” is deleted.`);
    find("h2", list).focus();
  });
});

on("#sign-out", "click", (button) => leave(button, "/sign-out"));
on("#sign-out-everywhere", "click", (button) => leave(button, "/sign-out-everywhere"));

on("#delete-account", "click", async (button) => {
  const text = "Its passkeys are deleted too. Your browser is told to hide them.";
  const isSure = await confirmed("Delete this account?", text, "Delete account");
  if (isSure) leave(button, "/account/delete");
});

/**
 * @param {Element} button
 * @param {string} path
 */
function leave(button, path) {
  attempt(button, async () => {
    await post(path);
    location.assign("/");
  });
}

/**
 * Asks the user in a dialog. The dialog returns the focus to the button that was pressed.
 * @param {string} title
 * @param {string} text
 * @param {string} action
 * @returns {Promise<boolean>}
 */
function confirmed(title, text, action) {
  const dialog = find("#confirm");
  find("h2", dialog).textContent = title;
  find("p", dialog).textContent = text;
  find("[value=yes]", dialog).textContent = action;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
