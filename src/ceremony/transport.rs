//! Transports: how a client reaches an authenticator (§5.8.4).

use serde::{Deserialize, Serialize};

/// How a client reaches an authenticator (§5.8.4). The list is open: what is unknown is kept as
/// it came.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum Transport {
    /// Removable USB.
    Usb,
    /// Near field communication.
    Nfc,
    /// Bluetooth Low Energy.
    Ble,
    /// A smart card with contacts.
    SmartCard,
    /// A mixture, such as a phone that is reached by QR code and network.
    Hybrid,
    /// Built into the client device.
    Internal,
    /// Any other value, verbatim.
    Other(String),
}

impl Transport {
    const KNOWN: [Transport; 6] = [
        Transport::Usb,
        Transport::Nfc,
        Transport::Ble,
        Transport::SmartCard,
        Transport::Hybrid,
        Transport::Internal,
    ];

    /// The transport with this value.
    pub(crate) fn named(value: &str) -> Transport {
        let known = Transport::KNOWN.into_iter().find(|known| known.as_str() == value);
        known.unwrap_or_else(|| Transport::Other(value.to_owned()))
    }

    /// The value as browsers write it, such as `"smart-card"`.
    pub fn as_str(&self) -> &str {
        match self {
            Transport::Usb => "usb",
            Transport::Nfc => "nfc",
            Transport::Ble => "ble",
            Transport::SmartCard => "smart-card",
            Transport::Hybrid => "hybrid",
            Transport::Internal => "internal",
            Transport::Other(value) => value,
        }
    }
}

impl From<String> for Transport {
    fn from(value: String) -> Transport {
        Transport::named(&value)
    }
}

impl From<Transport> for String {
    fn from(transport: Transport) -> String {
        match transport {
            Transport::Other(value) => value,
            known => known.as_str().to_owned(),
        }
    }
}

/// Transports as they are kept and sent to browsers: the first 16 of at most 32 characters each. They
/// come from the client alone, and any number of any length may come.
#[derive(Default)]
pub(crate) struct Transports(Vec<Transport>);

impl Transports {
    const MAX_LENGTH: usize = 32;
    const MAX_COUNT: usize = 16;

    /// Keeps a transport, if it is short enough and there is room for it.
    pub(crate) fn add(&mut self, name: &str) {
        if self.0.len() < Transports::MAX_COUNT
            && name.chars().nth(Transports::MAX_LENGTH).is_none()
        {
            self.0.push(Transport::named(name));
        }
    }

    /// The same, for a name that is not decoded yet.
    pub(crate) fn add_characters(&mut self, name: impl Iterator<Item = char>) {
        // There can be tens of thousands of them.
        if self.0.len() == Transports::MAX_COUNT {
            return;
        }
        // One more than is kept tells that it is too long.
        let name: String = name.take(Transports::MAX_LENGTH + 1).collect();
        self.add(&name);
    }

    pub(crate) fn into_vec(self) -> Vec<Transport> {
        self.0
    }

    /// Those of a list that are kept.
    pub(crate) fn kept(transports: impl IntoIterator<Item = Transport>) -> Vec<Transport> {
        let mut kept = Transports::default();
        transports.into_iter().for_each(|transport| kept.add(transport.as_str()));
        kept.0
    }
}
