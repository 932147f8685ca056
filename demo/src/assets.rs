//! The files that pages load: scripts and the style sheet. They are part of the program.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};

use crate::failure::Failure;

/// Returns a file. Browsers ask again each time, so a new version of the program is used at once.
pub async fn file(
    Path(name): Path<String>,
) -> Result<([(HeaderName, &'static str); 2], &'static str), Failure> {
    let (content_type, text) = match &*name {
        "site.css" => ("text/css", include_str!("../assets/site.css")),
        "icon.svg" => ("image/svg+xml", include_str!("../assets/icon.svg")),
        "page.js" => ("text/javascript", include_str!("../assets/page.js")),
        "site.js" => ("text/javascript", include_str!("../assets/site.js")),
        "lab.js" => ("text/javascript", include_str!("../assets/lab.js")),
        "webauthn.js" => ("text/javascript", include_str!("../assets/webauthn.js")),
        _ => return Err(Failure::NOT_FOUND),
    };
    Ok(([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-cache")], text))
}
