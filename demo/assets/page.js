/**
 * What all pages share: requests to the server, messages, and the report.
 * @module
 */

import { PasskeyError, capabilities, sendSignals } from "./webauthn.js";

/** A request that the server rejected. The message is a sentence for the user. */
export class Rejection extends Error {
  /** @param {{message?: string, developer?: string}} reply */
  constructor({ message, developer }) {
    super(message ?? "The site did not answer as expected. Please try again later.");
    this.developer = developer ?? "the body of the reply is not JSON";
    /** Whether the report shows this ceremony. */
    this.isReported = false;
  }
}

/**
 * Sends a POST request with a JSON body, and returns the JSON of the reply. Signals in the reply are
 * passed to the browser.
 * @param {string} path
 * @param {unknown} [body]
 */
export async function post(path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  const reply = await request(path, { method: "POST", headers, body: JSON.stringify(body) });
  const json = await reply.json().catch(() => ({}));
  await sendSignals(json);
  if (!reply.ok) throw new Rejection(json);
  return json;
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 */
async function request(path, init) {
  try {
    return await fetch(path, init);
  } catch (error) {
    const message = "The site cannot be reached. Please check your connection.";
    throw new Rejection({ message, developer: String(error) });
  }
}

/**
 * Returns the first element that matches, if there is one.
 * @param {string} selector
 * @param {ParentNode} [inside]
 * @returns {any}
 */
export const find = (selector, inside = document) => inside.querySelector(selector);

/**
 * The last action in each place.
 * @type {WeakMap<Element, object>}
 */
const lastActions = new WeakMap();

/**
 * Does what a button or a form asks for, and shows next to it what went wrong.
 * @param {Element} control
 * @param {() => Promise<string | Element | void>} action returns what to show, if there is anything
 * @param {string} [waiting] what to show until then
 */
export async function attempt(control, action, waiting = "") {
  const place = control.closest("[data-place]") ?? document.body;
  lastActions.set(place, action);
  clearOthers(place);
  // An action that was replaced by another one shows nothing.
  const isLast = () => lastActions.get(place) === action;
  show(place, waiting);
  place.setAttribute("aria-busy", "true");
  try {
    const result = await action();
    if (isLast()) show(place, result ?? "");
  } catch (error) {
    if (isLast()) showError(place, error);
  } finally {
    if (isLast()) place.removeAttribute("aria-busy");
  }
}

/**
 * Removes the messages of earlier actions in other places, because they are about something else.
 * @param {Element} place
 */
function clearOthers(place) {
  for (const other of document.querySelectorAll("[data-place]:not([aria-busy])")) {
    if (other !== place) show(other, "");
  }
}

/**
 * @param {Element} place
 * @param {string | Element} content
 */
export function show(place, content) {
  const message = find(".message", place);
  message?.classList.remove("error");
  const element = typeof content === "string" ? content && paragraph(content) : content;
  message?.replaceChildren(...(element ? [element] : []));
  if (element) message?.scrollIntoView({ block: "nearest" });
}

/**
 * Shows an error: for the user, and smaller, for a developer.
 * @param {Element} place
 * @param {any} error
 */
export function showError(place, error) {
  // Another call replaced this one, so there is nothing to say.
  if (error instanceof PasskeyError && error.code === "aborted") return show(place, "");
  const message = find(".message", place);
  if (!message) return;
  const isKnown = error instanceof PasskeyError || error instanceof Rejection;
  if (!isKnown) console.error(error);
  const sentence = isKnown ? error.message : "Something went wrong in this page. Please reload it.";
  const developer = paragraph(error.developer ?? String(error));
  developer.className = "developer";
  message.classList.add("error");
  message.replaceChildren(error.isReported ? withSteps(sentence) : paragraph(sentence), developer);
  message.scrollIntoView({ block: "nearest" });
}

/** @param {string} text */
function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}

/**
 * Returns a sentence with a link to the steps of the ceremony.
 * @param {string} sentence
 */
export function withSteps(sentence) {
  const link = document.createElement("a");
  link.href = "#report";
  link.textContent = "See every step.";
  const element = paragraph(`${sentence} `);
  element.append(link);
  return element;
}

/**
 * Sends the response of the browser to the server. If the server rejects it, the page shows the
 * steps until then.
 * @param {string} path
 * @param {unknown} response
 */
export async function finish(path, response) {
  try {
    return await post(path, response);
  } catch (error) {
    await showReport();
    if (error instanceof Rejection) error.isReported = true;
    throw error;
  }
}

/** Shows the last ceremony. */
export async function showReport() {
  const report = find("#report");
  await fill(report, await request(report.dataset.path));
  report.classList.remove("earlier");
  foldOnPhones();
}

/** Says that the report is about an earlier ceremony, because a new one begins. */
export function markEarlier() {
  find("#report")?.classList.add("earlier");
}

/** Closes the parts of the report on small screens. */
function foldOnPhones() {
  if (!matchMedia("(max-width: 40rem)").matches) return;
  for (const part of document.querySelectorAll(".evidence > details")) {
    part.removeAttribute("open");
  }
}

/**
 * Asks the user in a dialog. The dialog returns the focus to the button that was pressed.
 * @param {string} title
 * @param {string} text
 * @param {string} action
 * @returns {Promise<boolean>}
 */
export function confirmed(title, text, action) {
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

/**
 * Puts a fragment of this site's server into the page.
 * @param {Element | null} element
 * @param {Response} reply
 */
async function fill(element, reply) {
  if (!reply.ok) throw new Rejection(await reply.json().catch(() => ({})));
  if (element) element.innerHTML = await reply.text();
  prepare();
}

/** Prepares what the server has sent. */
function prepare() {
  localTimes();
  copyButtons();
}

/** Shows the times of the page in the user's time zone. The server writes them in UTC. */
function localTimes() {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const element of document.querySelectorAll("time")) {
    element.textContent = format.format(new Date(element.dateTime));
  }
}

/** Gives each box with code a button that copies its text. */
function copyButtons() {
  for (const code of document.querySelectorAll(":not(.copyable) > pre")) {
    const [box, button] = [document.createElement("div"), document.createElement("button")];
    box.className = "copyable";
    Object.assign(button, { type: "button", className: "copy", textContent: "Copy" });
    code.replaceWith(box);
    box.append(button, code);
  }
}

/** @param {Element} button */
async function copy(button) {
  try {
    await navigator.clipboard.writeText(find("pre", button.parentElement ?? document).textContent);
    button.textContent = "Copied";
  } catch (error) {
    console.debug(error);
    button.textContent = "Not copied";
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
}

/**
 * Sends the last response again, broken in one way.
 * @param {HTMLElement} button
 */
async function sendBroken(button) {
  const all = document.querySelectorAll("[data-fault]");
  all.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
  const broken = find("#broken");
  const { path } = find("#report").dataset;
  try {
    await fill(broken, await request(`${path}/${button.dataset.fault}`, { method: "POST" }));
  } catch (error) {
    broken?.replaceChildren(paragraph(/** @type {Error} */ (error).message));
  }
  // The result is below the buttons.
  broken?.closest("section")?.scrollIntoView();
}

function onClick(/** @type {Event} */ event) {
  const button = /** @type {Element} */ (event.target).closest("[data-fault], .copy");
  if (!(button instanceof HTMLElement)) return;
  if (button.dataset.fault) sendBroken(button);
  else copy(button);
}

/** Says what keeps passkeys from working here, if anything does. */
async function showNotices() {
  const notice = find("#wrong-address");
  const origins = notice?.dataset.origin.split(" ") ?? [];
  if (notice && !origins.includes(location.origin)) {
    find("a", notice).href = origins[0] + location.pathname;
    notice.hidden = false;
  } else if (notice && !(await capabilities()).webauthn) {
    find("#no-webauthn").hidden = false;
  }
}

/** Marks the page in the navigation. */
function markPage() {
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("nav a"));
  // A failed download is at `/inspect/vector`.
  const path = location.pathname.replace(/^\/inspect\/.*/, "/inspect");
  const current = [...links].find((link) => link.pathname === path);
  current?.setAttribute("aria-current", "page");
}

document.addEventListener("click", onClick);
markPage();
foldOnPhones();
prepare();
showNotices();
