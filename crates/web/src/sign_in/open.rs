//! Opening a session, and where it leads.

use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use guerdon_store::{Actor, NewEntry, Owner, Session, Tx};

use crate::access::{IDLE_SECONDS, cookie, known, token};
use crate::error::PageError;
use crate::state::AppState;

/// What a new session is of.
pub(super) struct Opening {
    /// Whose: `person` or `wallet` of the session is it; nobody's, if a link opens it.
    pub(super) owner: Option<Owner>,
    /// Without hash and times, which are filled here.
    pub(super) session: Session,
    /// The token of the session before, if the browser sent one.
    pub(super) before: Option<String>,
    /// From when on it is dead, if that is earlier than for every session. Unix seconds.
    pub(super) until: u64,
    pub(super) next: String,
}

/// Opens a session under a new token, ends the one before, and leads on.
pub(super) async fn open(state: &AppState, opening: Opening) -> Result<Response, PageError> {
    let now = (state.wall)();
    let fresh = token::fresh(state);
    let session = Session {
        hash: fresh.hash,
        created_at: now,
        seen_at: now,
        idle_at: now.saturating_add(IDLE_SECONDS),
        expires_at: now
            .saturating_add(cookie::ABSOLUTE_SECONDS)
            .min(opening.until),
        ..opening.session
    };
    let detail = match session.wallet {
        Some(_) => "by wallet",
        None => "by e-mail link, to look only",
    };
    let mut tx = state.store.write().await?;
    if let Some(before) = opening.before.as_deref().and_then(token::hash_of) {
        tx.end_session(before).await?;
    }
    if let Some(wallet) = session.wallet {
        tx.prove_wallet(wallet, now).await?;
    }
    tx.add_session(&session).await?;
    if let Some(owner) = opening.owner {
        note(&mut tx, (now, owner), ("signed in", detail)).await?;
    }
    tx.purge_expired(now).await?;
    tx.commit().await?;
    let cookie = cookie::set(&fresh.text, &state.options);
    let mut response = Redirect::to(&opening.next).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Writes down what somebody known here did with a session of his.
pub(super) async fn note(
    tx: &mut Tx,
    (at, owner): (u64, Owner),
    (action, detail): (&str, &str),
) -> Result<(), PageError> {
    let Some(owner) = known(tx, owner).await? else {
        return Ok(());
    };
    let entry = NewEntry {
        at,
        actor: Actor::Owner(owner),
        action: action.to_owned(),
        subject: String::new(),
        detail: detail.to_owned(),
    };
    Ok(tx.append_audit(&entry).await?)
}

/// Where to go on: a path of ours, and nothing that a browser could take for another place.
pub(super) fn next(wanted: Option<&str>) -> String {
    let ours = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.starts_with("/sign-in")
            && path
                .bytes()
                .all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\')
    };
    wanted.filter(ours).unwrap_or("/me").to_owned()
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn the_way_on_stays_here() {
        assert_eq!(next(Some("/grants/0xab?x=1")), "/grants/0xab?x=1");
        for wrong in [
            None,
            Some(""),
            Some("//evil.example"),
            Some("/\\evil.example"),
            Some("https://evil.example"),
            Some("javascript:alert(1)"),
            Some("/a\r\nSet-Cookie: x"),
            Some("/sign-in"),
        ] {
            assert_eq!(next(wrong), "/me", "{wrong:?}");
        }
    }
}
