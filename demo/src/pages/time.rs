//! Times as HTML.

use maud::{Markup, html};

use crate::time::utc;

/// A time in seconds since 1970. The script writes it in the time zone of the user.
pub fn time(seconds: impl TryInto<i64>) -> Markup {
    let text = utc(seconds);
    html! { time datetime=(text) { (text.replace('T', " ").replace('Z', " UTC")) } }
}
