// Rows about the pages of the site: they use the buttons and fields as a person does.
import { until } from "../webdriver.mjs";

export const theme = "Pages";

const SIGNED_IN = "#sign-out";
const START = "#sign-in-button";

/** Returns the text of an element, or null if the page does not have it. */
function text(t, selector) {
  const script = "return document.querySelector(arguments[0])?.textContent.trim() ?? null;";
  return t.browser.run(script, selector);
}

/** Waits for an element with text, and returns the text. */
function wait(t, selector) {
  return until(selector, () => text(t, selector).catch(() => null), 5);
}

/** Creates an account with the form of the start page. Returns its name. */
async function create(t) {
  await t.visit(t.site, "/");
  await t.browser.type("#new-name", "Alice");
  await t.browser.click("#create button");
  await wait(t, SIGNED_IN);
  // The name is shown before the rest of the page is loaded.
  const loaded = "return document.readyState === 'complete';";
  await until("loaded", () => t.browser.run(loaded), 5);
  return (await text(t, "h1")).replace("Hello, ", "");
}

/** Creates an account, and adds a passkey on another authenticator. */
async function createAndAdd(t) {
  const first = await t.authenticator();
  await create(t);
  await t.browser.removeAuthenticator(first);
  await t.authenticator({ transport: "usb" });
  await t.browser.click("#add-passkey button");
}

/** Waits until somebody is signed in. If nobody is, returns the message of the page. */
async function signedIn(t) {
  try {
    await wait(t, SIGNED_IN);
    return "signed in";
  } catch {
    return `not signed in: ${await text(t, "#sign-in .message")}`;
  }
}

/** Signs out. No authenticator answers the autofill request of the start page before `ready`. */
async function signOut(t, id) {
  if (t.name === "chromium") await t.browser.setPresence(id, false);
  await t.browser.click(SIGNED_IN);
  await wait(t, START);
  // The page starts its autofill request.
  await t.pause(500);
  if (t.name === "chromium") await t.browser.setPresence(id, true);
}

/** Says whether the report shows that all steps passed. */
async function allSteps(t) {
  const script = "return document.querySelectorAll('.steps li:not(.passed):not(.skipped)').length;";
  const others = await t.browser.run(script);
  return others === 0 ? "all steps passed" : `${others} steps did not pass`;
}

/** Answers the question of the page. */
function confirm(t) {
  return t.browser.click("#confirm [value=yes]");
}

/** Opens the part of a card that changes the passkey. */
function openCard(t) {
  return t.browser.click(".passkey details:has([data-action=delete]) summary");
}

/** Says whether the only passkey can be deleted, and what its card says about it. */
function deletable(t) {
  const script = `
    const card = document.querySelector(".passkey");
    card.querySelector("details:has([data-action=delete])").open = true;
    const state = card.querySelector("[data-action=delete]").disabled ? "disabled" : "enabled";
    const reason = card.querySelector(".only");
    return state + ": " + (reason.checkVisibility() ? reason.innerText : "no reason");`;
  return t.browser.run(script);
}

/** Deletes the first passkey. */
async function deleteFirst(t) {
  await openCard(t);
  await t.browser.click(".passkey [data-action=delete]");
  await confirm(t);
}

export const rows = [
  {
    name: "account by the form of the start page",
    quick: true,
    expect: "Hello, alice-(number); 1 passkey; all steps passed",
    async run(t) {
      await t.authenticator();
      const name = (await create(t)).replace(/-\d{5}$/, "-(number)");
      const count = await t.browser.run("return document.querySelectorAll('.passkey').length;");
      return `Hello, ${name}; ${count} passkey; ${await allSteps(t)}`;
    },
  },
  {
    name: "account by the form of the start page, with attestation",
    expect: "packed",
    async run(t) {
      await t.authenticator({ transport: "usb" });
      await t.visit(t.site, "/");
      await t.browser.type("#new-name", "Alice");
      await t.browser.click("#create [name=attestation]");
      await t.browser.click("#create button");
      await wait(t, SIGNED_IN);
      const facts = await text(t, ".passkey .facts");
      return /packed|none/.exec(facts)?.[0] ?? facts;
    },
  },
  {
    name: "login by the button",
    quick: true,
    expect: "signed in",
    async run(t) {
      const id = await t.authenticator();
      await create(t);
      await signOut(t, id);
      await t.browser.click(START);
      return signedIn(t);
    },
  },
  {
    name: "login by the name field",
    expect: "signed in",
    async run(t) {
      const id = await t.authenticator();
      const name = await create(t);
      await signOut(t, id);
      await t.browser.type("#username", name);
      await t.browser.click("#sign-in form button");
      return signedIn(t);
    },
  },
  {
    name: "login by a name without its number",
    expect: "Please enter the whole name with its number, for example alice-12345.",
    async run(t) {
      await t.visit(t.site, "/");
      await t.browser.type("#username", "Alice");
      await t.browser.click("#sign-in form button");
      return wait(t, "#sign-in .message.error p");
    },
  },
  {
    name: "login by autofill",
    quick: true,
    expect: "signed in",
    async run(t) {
      await t.authenticator();
      await create(t);
      await t.visit(t.site, "/");
      await t.browser.choosePasskey();
      return signedIn(t);
    },
  },
  {
    name: "login by autofill, after the button was used without success",
    expect: "No passkey was used; then signed in",
    async run(t) {
      const id = await t.authenticator();
      await create(t);
      await t.browser.setUserVerified(id, false);
      await t.browser.click(SIGNED_IN);
      await wait(t, START);
      await t.browser.click(START);
      const message = await wait(t, "#sign-in .message.error p");
      // The page starts its autofill request again. In Chromium, it fails at once.
      await t.pause(500);
      await t.browser.setUserVerified(id, true);
      if (t.name === "chromium") {
        await t.browser.click(START);
      } else {
        await t.browser.choosePasskey();
      }
      return `${message.split(/[.:]/)[0]}; then ${await signedIn(t)}`;
    },
  },
  {
    name: "login with a passkey of a deleted account shows where it stops",
    expect:
      "This site does not know this passkey. Its account may have been deleted. " +
      "Your browser was asked to hide it.; stops at step 6",
    async run(t) {
      const id = await t.authenticator();
      await create(t);
      await t.script("await send('/account/delete', {});");
      if (t.name === "chromium") await t.browser.setPresence(id, false);
      await t.visit(t.site, "/");
      await t.pause(500);
      if (t.name === "chromium") await t.browser.setPresence(id, true);
      await t.browser.click(START);
      const message = await wait(t, "#sign-in .message.error p");
      const number = await text(t, ".steps li.failed .number");
      return `${message.replace(" See every step.", "")}; stops at step ${number}`;
    },
  },
  {
    name: "a passkey is renamed",
    expect: "My telephone",
    async run(t) {
      await t.authenticator();
      await create(t);
      await openCard(t);
      await t.browser.run("document.querySelector('.passkey [name=label]').value = '';");
      await t.browser.type(".passkey [name=label]", "My telephone");
      await t.browser.click(".passkey form button");
      await wait(t, ".passkey .message p");
      await t.browser.open(`${t.site.origin}/`);
      return text(t, ".passkey h3");
    },
  },
  {
    name: "the only passkey cannot be deleted",
    quick: true,
    expect: "disabled: This is your only passkey. Add another one before you delete it.",
    async run(t) {
      await t.authenticator();
      await create(t);
      return deletable(t);
    },
  },
  {
    name: "one of two passkeys is deleted",
    expect:
      "2 passkeys, then 1, " +
      "disabled: This is your only passkey. Add another one before you delete it.",
    async run(t) {
      await createAndAdd(t);
      const count = () => t.browser.run("return document.querySelectorAll('.passkey').length;");
      await until("the second passkey", async () => (await count().catch(() => 0)) === 2, 5);
      await deleteFirst(t);
      await until("one passkey", async () => (await count().catch(() => 0)) === 1, 5);
      const last = await deletable(t);
      await t.browser.open(`${t.site.origin}/`);
      return `2 passkeys, then ${await count()}, ${last}`;
    },
  },
  {
    name: "a second passkey on the same authenticator",
    expect: "This device or security key already has a passkey for this account.",
    async run(t) {
      await t.authenticator();
      await create(t);
      await t.browser.click("#add-passkey button");
      return wait(t, "#passkeys > .message.error p");
    },
  },
  {
    name: "the account is deleted, and the browser is told",
    why: { firefox: "it has no signals" },
    expect: { chromium: "passkeys in the browser: 0", firefox: "passkeys in the browser: 1" },
    async run(t) {
      const id = await t.authenticator();
      await create(t);
      await t.browser.click("#delete-account");
      await confirm(t);
      await wait(t, START);
      await t.pause(300);
      return `passkeys in the browser: ${(await t.browser.credentials(id)).length}`;
    },
  },
  {
    name: "the next page says what happened, once",
    expect: "The passkey was added. You are signed out. (nothing)",
    async run(t) {
      await createAndAdd(t);
      await wait(t, "#passkeys li + li");
      const added = await wait(t, "#news .message p");
      await t.browser.click(SIGNED_IN);
      await wait(t, START);
      const signedOut = await wait(t, "#news .message p");
      await t.browser.open(`${t.site.origin}/`);
      await wait(t, START);
      return `${added} ${signedOut} ${(await text(t, "#news .message p")) ?? "(nothing)"}`;
    },
  },
  {
    name: "the error of an action disappears with the next action",
    expect: "Please enter a name of 1 to 40 letters, then nothing",
    async run(t) {
      await t.authenticator();
      await create(t);
      await openCard(t);
      await t.browser.run("document.querySelector('.passkey [name=label]').value = ' ';");
      await t.browser.click(".passkey form button");
      const message = await wait(t, ".passkey .message.error p");
      await t.browser.click("#add-passkey button");
      await wait(t, "#passkeys > .message.error p");
      return `${message.split(".")[0]}, then ${(await text(t, ".passkey .message p")) ?? "nothing"}`;
    },
  },
  {
    name: "a broken response and its buttons are in view",
    expect: "in view",
    async run(t) {
      await t.authenticator();
      await create(t);
      await t.browser.click("[data-fault=replayed]");
      await wait(t, "#broken .verdict");
      const script = `
        const places = ["[data-fault=replayed]", "#broken .verdict"].map((selector) =>
          document.querySelector(selector).getBoundingClientRect());
        return places.every(({ top, bottom }) => top >= 0 && bottom <= innerHeight);`;
      return (await t.browser.run(script)) ? "in view" : "not in view";
    },
  },
  {
    name: "the response in the report is copied",
    expect: "Copied",
    async run(t) {
      await t.authenticator();
      await create(t);
      await t.browser.run(
        "document.querySelectorAll('#report details').forEach((part) => { part.open = true; });",
      );
      await t.browser.click("#report .copy");
      await until("copied", async () => (await text(t, "#report .copy")) !== "Copy", 5);
      return text(t, "#report .copy");
    },
  },
  {
    name: "the last login is sent again, broken",
    quick: true,
    expect:
      "replayed: 11, wrong-origin: 12, expired: 1, lower-counter: 22, no-user-verification: 17, " +
      "flipped-signature: 21, other-account: 6",
    async run(t) {
      const id = await t.authenticator();
      await create(t);
      await signOut(t, id);
      await t.browser.click(START);
      await wait(t, SIGNED_IN);
      const list = `
        return [...document.querySelectorAll("[data-fault]")].map(({ dataset }) => dataset.fault);`;
      const stops = [];
      for (const fault of await t.browser.run(list)) {
        await t.browser.run("document.querySelector('#broken').replaceChildren();");
        await t.browser.click(`[data-fault=${fault}]`);
        const verdict = await wait(t, "#broken .verdict");
        stops.push(`${fault}: ${/step ([\d.]+)/.exec(verdict)?.[1] ?? verdict}`);
      }
      return stops.join(", ");
    },
  },
  {
    name: "an experiment by the form",
    expect: "all steps passed",
    async run(t) {
      await t.authenticator();
      await t.visit(t.site, "/lab");
      await t.browser.click("#experiment [value=registration]");
      await wait(t, "#report .steps");
      return allSteps(t);
    },
  },
  {
    name: "an experiment with the passkey of an account",
    quick: true,
    expect: "This passkey belongs to your account, not to an experiment.",
    async run(t) {
      await t.authenticator();
      await create(t);
      await t.browser.open(`${t.site.origin}/lab`);
      await t.browser.run("document.querySelector('#allow').value = '';");
      await t.browser.click("#experiment [value=authentication]");
      return (await wait(t, "#experiment .message.error p")).replace(" See every step.", "");
    },
  },
  {
    name: "the report of the experiment before says so",
    quick: true,
    expect: "not shown, then Earlier experiment",
    async run(t) {
      await t.authenticator();
      await t.visit(t.site, "/lab");
      const earlier = async () => {
        const script = `
          const note = document.querySelector("#report > .earlier");
          return note.checkVisibility() ? note.innerText.split(",")[0] : "not shown";`;
        return t.browser.run(script);
      };
      await t.browser.click("#experiment [value=registration]");
      await wait(t, "#report .verdict");
      const first = await earlier();
      // This is not an AppID.
      await t.browser.run("document.querySelector('#appidExclude').value = 'x';");
      await t.browser.click("#experiment [value=registration]");
      await wait(t, "#experiment .message.error p");
      return `${first}, then ${await earlier()}`;
    },
  },
  {
    name: "an experiment is stopped, after a field has enabled its extension",
    quick: true,
    why: { firefox: "without an authenticator, it refuses at once" },
    expect: {
      chromium: "prf is enabled; Stopped.",
      firefox:
        "prf is enabled; No passkey was used: the request was cancelled or took too long, or there was no suitable passkey.",
    },
    async run(t) {
      await t.visit(t.site, "/lab");
      await t.browser.run("document.querySelector('details:has(#prfFirst)').open = true;");
      await t.browser.type("#prfFirst", "a");
      const script = "return document.querySelector('#experiment [name=prf]').checked;";
      const enabled = (await t.browser.run(script)) ? "enabled" : "not enabled";
      // Nothing answers it.
      await t.browser.click("#experiment [value=registration]");
      await t.pause(500);
      const waits = "return !document.querySelector('#stop').hidden;";
      if (await t.browser.run(waits)) await t.browser.click("#stop");
      const stopped = async () => {
        const message = await text(t, "#experiment .message p");
        return message?.startsWith("Your browser") ? null : message;
      };
      return `prf is ${enabled}; ${await until("stopped", stopped, 5)}`;
    },
  },
  {
    name: "an experiment with a passkey beside the one of an account",
    quick: true,
    expect: "experiments: The login was accepted; account: The registration was accepted; forgotten",
    async run(t) {
      await t.authenticator();
      await create(t);
      await t.browser.open(`${t.site.origin}/lab`);
      const run = async (ceremony, verdict) => {
        await t.browser.click(`#experiment [value=${ceremony}]`);
        const done = async () => (await text(t, "#report .verdict"))?.startsWith(verdict);
        await until(verdict, done, 5);
        return verdict;
      };
      await run("registration", "The registration was accepted");
      const experiment = await run("authentication", "The login was accepted");
      await t.browser.open(`${t.site.origin}/`);
      const account = (await wait(t, "#report .verdict")).split(":")[0];
      await t.browser.open(`${t.site.origin}/lab`);
      await t.browser.click("#clear");
      await confirm(t);
      const message = await wait(t, "#earlier .message p");
      const forgotten = message.includes("forgotten") ? "forgotten" : message;
      return `experiments: ${experiment}; account: ${account}; ${forgotten}`;
    },
  },
];
