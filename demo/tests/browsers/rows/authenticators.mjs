// Rows about kinds of authenticators: protocols, transports, and what they can do.
import { words } from "../tester.mjs";

const BOTH = "registers and signs in";
const UNVERIFIED = { hasUserVerification: false, isUserVerified: false };
const REFUSES = "the browser refuses (NotAllowedError)";

const transports = ["internal", "usb", "nfc", "ble", "hybrid"].map((transport) => ({
  name: `passkey, CTAP 2.1, ${transport}`,
  quick: transport === "internal",
  expect: BOTH,
  async run(t) {
    await t.authenticator({ transport });
    // The responses of the others differ only in the list of transports.
    const isKept = ["internal", "hybrid"].includes(transport);
    return t.both(isKept ? `passkey-${transport}` : undefined);
  },
}));

const u2f = ["usb", "nfc", "ble"].map((transport) => ({
  name: `security key with U2F, ${transport}, as an experiment without user verification`,
  quick: transport === "usb",
  expect: BOTH,
  async run(t) {
    await t.u2f({ transport });
    const settings = { userVerification: "discouraged", residentKey: "discouraged" };
    return t.bothInLab(settings, transport === "usb" ? "u2f" : undefined);
  },
}));

const algorithms = [[-7, "ES256"], [-8, "EdDSA"], [-257, "RS256"]].map(([number, name]) => ({
  name: `only ${name} is requested, as an experiment`,
  expect: { chromium: BOTH, firefox: number === -7 ? BOTH : `registration: ${REFUSES}` },
  why: number === -7 ? undefined : { firefox: "its virtual authenticators have only ES256" },
  async run(t) {
    await t.authenticator();
    return t.bothInLab({ algorithms: [number] }, number === -8 ? undefined : name.toLowerCase());
  },
}));

export const theme = "Authenticators";

export const rows = [
  ...transports,
  {
    name: "passkey, CTAP 2.0",
    expect: BOTH,
    async run(t) {
      await t.authenticator({ protocol: "ctap2", transport: "usb" });
      return t.both();
    },
  },
  ...algorithms,
  ...u2f,
  {
    name: "security key with U2F for an account: it cannot hold passkeys",
    expect: `registration: ${REFUSES}`,
    async run(t) {
      await t.u2f();
      return t.both();
    },
  },
  {
    name: "CTAP 2.1 without resident keys for an account",
    expect: `registration: ${REFUSES}`,
    async run(t) {
      await t.authenticator({ transport: "usb", hasResidentKey: false });
      return t.both();
    },
  },
  {
    name: "CTAP 2.1 without resident keys, as an experiment",
    expect: BOTH,
    async run(t) {
      await t.authenticator({ transport: "usb", hasResidentKey: false });
      return t.bothInLab({ residentKey: "discouraged" }, "no-resident-key");
    },
  },
  {
    name: "authenticator without user verification for an account",
    why: { firefox: "it uses the authenticator although the options require user verification" },
    expect: {
      chromium: REFUSES,
      firefox: "refused at registration step 16",
    },
    async run(t) {
      await t.authenticator({ transport: "usb", ...UNVERIFIED });
      const outcome = await t.register(undefined, {
        capture: "no-user-verification/refused",
        expect: { reject: "UserNotVerified" },
      });
      return words(outcome);
    },
  },
  {
    name: "authenticator without user verification, as an experiment",
    expect: BOTH,
    async run(t) {
      await t.authenticator({ transport: "usb", ...UNVERIFIED });
      const settings = { userVerification: "discouraged", residentKey: "discouraged" };
      return t.bothInLab(settings, "no-user-verification");
    },
  },
  {
    name: "user verification fails in the registration",
    expect: REFUSES,
    async run(t) {
      await t.authenticator({ isUserVerified: false });
      return words(await t.register());
    },
  },
  {
    name: "user verification fails in the login",
    quick: true,
    expect: REFUSES,
    async run(t) {
      const id = await t.authenticator();
      await t.register();
      await t.browser.setUserVerified(id, false);
      return words(await t.signIn());
    },
  },
  {
    name: "user verification required by the site, but not by the options in the page",
    quick: true,
    expect: "refused at authentication step 17",
    async run(t) {
      const id = await t.authenticator({ transport: "usb" });
      const name = await t.newAccount({ capture: "user-verification-skipped/registration" });
      await t.browser.setUserVerified(id, false);
      const outcome = await t.signIn({ name }, {
        edit: "options.publicKey.userVerification = 'discouraged';",
        capture: "user-verification-skipped/login",
        expect: { reject: "UserNotVerified" },
      });
      return words(outcome);
    },
  },
];
