//! The transports between a browser and an authenticator (§5.8.4).

use crate::names::open_names;

open_names! {
    /// A transport between a browser and an authenticator (§5.8.4). Unknown transports are kept
    /// unchanged.
    Transport {
        /// USB.
        Usb = "usb",
        /// Near field communication.
        Nfc = "nfc",
        /// Bluetooth Low Energy.
        Ble = "ble",
        /// A smart card with contacts.
        SmartCard = "smart-card",
        /// A combination of transports, such as a phone that is reached by QR code and network.
        Hybrid = "hybrid",
        /// Internal: the authenticator is built into the device.
        Internal = "internal",
    }
}

/// Transports as they are stored and sent to browsers: the first 16 that have at most 32
/// characters. The limits are necessary because the list is not verified and can have any size.
#[derive(Default)]
pub(crate) struct Transports(Vec<Transport>);

impl Transports {
    const MAX_LENGTH: usize = 32;
    const MAX_COUNT: usize = 16;

    /// Keeps a transport if it is short enough and there is room for it.
    pub(crate) fn add(&mut self, name: &str) {
        if self.0.len() < Transports::MAX_COUNT
            && name.chars().nth(Transports::MAX_LENGTH).is_none()
        {
            self.0.push(Transport::from(name));
        }
    }

    /// Keeps a transport like `add`, from the decoded characters of its name.
    pub(crate) fn add_characters(&mut self, name: impl Iterator<Item = char>) {
        // There can be tens of thousands of transports.
        if self.0.len() == Transports::MAX_COUNT {
            return;
        }
        // One character more than the maximum shows that the name is too long.
        let name: String = name.take(Transports::MAX_LENGTH + 1).collect();
        self.add(&name);
    }

    pub(crate) fn into_vec(self) -> Vec<Transport> {
        self.0
    }

    /// Returns the transports of a list that are kept.
    pub(crate) fn kept(transports: impl IntoIterator<Item = Transport>) -> Vec<Transport> {
        let mut kept = Transports::default();
        transports.into_iter().for_each(|transport| kept.add(transport.as_str()));
        kept.0
    }
}
