// The browsers that can run the rows: how each of them is started, and what each does differently.
import { Browser, firstProgram, outputOf, until } from "./webdriver.mjs";

/** No script of a row waits for so long, in milliseconds. */
const SCRIPT_TIMEOUT = 15_000;

class Chromium extends Browser {
  static programs = [["chromium", "chromium-browser", "google-chrome"], ["chromedriver"]];

  static open([binary, driver], { address, keyHash }) {
    const args = [
      "--headless=new",
      // Chromium does not start its sandbox as root, and containers often run as root.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-dev-shm-usage",
      "--window-size=1200,900",
      // Otherwise, pages scroll slowly to an element that a row clicks.
      "--force-prefers-reduced-motion",
      `--ignore-certificate-errors-spki-list=${keyHash}`,
    ];
    return Chromium.start(driver, [], {
      browserName: "chrome",
      proxy: manualProxy(address),
      timeouts: { script: SCRIPT_TIMEOUT },
      "goog:chromeOptions": { binary, args },
      "webauthn:virtualAuthenticators": true,
      "webauthn:extension:prf": true,
      "webauthn:extension:largeBlob": true,
      "webauthn:extension:credBlob": true,
      "webauthn:extension:minPinLength": true,
    });
  }

  /** Says whether the user touches an authenticator that asks for it. */
  setPresence(authenticatorId, enabled) {
    return this.#cdp("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
  }

  /** A virtual authenticator answers a conditional request by itself, with its only passkey. */
  async choosePasskey() {}

  /** Chromedriver 148 rejects the command of WebDriver for this. */
  setProperties(authenticatorId, credentialId, properties) {
    const id = Buffer.from(credentialId, "base64url").toString("base64");
    const params = { authenticatorId, credentialId: id, ...properties };
    return this.#cdp("WebAuthn.setCredentialProperties", params);
  }

  /** Returns a PNG of a page on this screen, from the top of an element on. */
  async screenshot({ width, height, isDark }, selector) {
    const scheme = { name: "prefers-color-scheme", value: isDark ? "dark" : "light" };
    const screen = { width, height, deviceScaleFactor: 1, mobile: width < 500 };
    await this.#cdp("Emulation.setEmulatedMedia", { features: [scheme] });
    await this.#cdp("Emulation.setDeviceMetricsOverride", screen);
    const top = `
      const place = document.querySelector(arguments[0]).getBoundingClientRect();
      return Math.max(0, place.top + scrollY - 16);`;
    const clip = { x: 0, y: await this.run(top, selector), width, height, scale: 1 };
    const options = { clip, captureBeyondViewport: true };
    const { data } = await this.#cdp("Page.captureScreenshot", options);
    return Buffer.from(data, "base64");
  }

  /** Sends a command of the Chrome DevTools Protocol. */
  #cdp(cmd, params) {
    return this.post("/goog/cdp/execute", { cmd, params });
  }
}

class Firefox extends Browser {
  static programs = [["firefox-esr", "firefox"], ["geckodriver"]];

  static async open([binary, driver], { address, authority }) {
    // Scripts with the rights of the browser can do what geckodriver cannot.
    const browser = await Firefox.start(driver, ["--allow-system-access"], {
      browserName: "firefox",
      proxy: manualProxy(address),
      timeouts: { script: SCRIPT_TIMEOUT },
      "moz:firefoxOptions": {
        binary,
        args: ["-headless"],
        prefs: {
          "ui.prefersReducedMotion": 1,
          "security.webauth.webauthn_enable_softtoken": true,
          "security.webauth.webauthn_enable_usbtoken": false,
          // Otherwise, Firefox asks the user whether the site may see the attestation.
          "security.webauthn.always_allow_direct_attestation": true,
        },
      },
      "webauthn:virtualAuthenticators": true,
    });
    // A page has no WebAuthn if the user has accepted an unknown certificate, so it must be known.
    const trust = `
      Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB)
        .addCertFromBase64(arguments[0], "CT,,");`;
    await browser.privileged(trust, authority);
    return browser;
  }

  /** Runs a script with the rights of the browser. */
  async privileged(script, ...args) {
    await this.post("/moz/context", { context: "chrome" });
    try {
      return await this.run(script, ...args);
    } finally {
      await this.post("/moz/context", { context: "content" });
    }
  }

  /** Waits for a conditional request of the page, and chooses the first passkey that is offered. */
  async choosePasskey() {
    const script = `
      const service = Cc["@mozilla.org/webauthn/service;1"].getService(Ci.nsIWebAuthnService);
      const { browsingContext, contentPrincipal } = gBrowser.selectedBrowser;
      let request;
      try {
        request = service.hasPendingConditionalGet(browsingContext.id, contentPrincipal.origin);
      } catch { return 0; }
      if (!request) return 0;
      return new Promise((done) => {
        const choose = (entries) => {
          if (entries.length > 0) service.selectAutoFillEntry(request, entries[0].credentialId);
          done(entries.length);
        };
        // Firefox 140 returns the entries. Firefox 153 passes them to an object.
        const receiver = { resolve: choose, reject: () => done(0) };
        const returned = service.getAutoFillEntries(request, receiver);
        if (returned) choose(returned);
      });`;
    await until("a conditional request", () => this.privileged(script));
  }

  /** Geckodriver 0.37 sends this command in a form that Firefox does not understand. */
  addCredential(id, credential) {
    const { credentialId, isResidentCredential, rpId, privateKey, signCount } = credential;
    const script = `
      Cc["@mozilla.org/webauthn/service;1"].getService(Ci.nsIWebAuthnService)
        .addCredential(...arguments);`;
    const handle = credential.userHandle ?? "";
    const args = [id, credentialId, isResidentCredential, rpId, privateKey, handle, signCount];
    return this.privileged(script, ...args);
  }
}

/** HTTPS goes through a proxy of the tests, so any host name and port 443 lead to the site. */
function manualProxy(address) {
  return { proxyType: "manual", sslProxy: address };
}

export const BROWSERS = { chromium: Chromium, firefox: Firefox };

/** Returns the paths of the programs of a browser, or undefined if one is not installed. */
export function installed(name) {
  const paths = BROWSERS[name].programs.map(firstProgram);
  return paths.includes(undefined) ? undefined : paths;
}

/** Returns the name of a browser with its version, for example "Chromium 148.0.7778.167". */
export function versionOf([binary]) {
  return outputOf(binary, ["--version"]).replace(/ built on .*/, "");
}
