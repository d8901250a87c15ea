//! What the list takes.

use guerdon_formats::calendar::Zone;
use guerdon_store::NewMember;

/// What is wrong with an entry: a column and a sentence each.
pub(super) fn check(new: &NewMember) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    let texts = [
        ("number", &new.number),
        ("name", &new.name),
        ("email", &new.email),
        ("country", &new.country),
        ("zone", &new.zone),
    ];
    for (column, text) in texts {
        if text.chars().any(char::is_control) || text.trim() != text {
            let sentence = "has blanks around it or control characters: remove them";
            wrong.push((column, format!("the {column} {sentence}")));
        }
    }
    if new.number.is_empty() {
        wrong.push((
            "number",
            "the number is empty: give everybody one".to_owned(),
        ));
    }
    if !new.email.is_empty() && !is_address(&new.email) {
        let sentence = format!("`{}` is no e-mail address", new.email);
        wrong.push(("email", sentence));
    }
    let country = new.country.as_bytes();
    if !country.is_empty() && !(country.len() == 2 && country.iter().all(u8::is_ascii_uppercase)) {
        let sentence = format!("`{}` is no country: write two capitals, as DE", new.country);
        wrong.push(("country", sentence));
    }
    if !new.zone.is_empty() && Zone::named(&new.zone).is_err() {
        let sentence = format!("`{}` is no time zone: write Europe/Paris", new.zone);
        wrong.push(("zone", sentence));
    }
    wrong
}

/// One `@` with something on both sides, and no blank.
fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(change: impl Fn(&mut NewMember)) -> Vec<&'static str> {
        let mut new = NewMember {
            number: "E1".to_owned(),
            name: "Ada 陈".to_owned(),
            email: "ada@acme.example".to_owned(),
            country: "GB".to_owned(),
            zone: "Europe/London".to_owned(),
            ..NewMember::default()
        };
        change(&mut new);
        check(&new).into_iter().map(|(column, _)| column).collect()
    }

    #[test]
    fn an_entry_is_checked_in_every_column() {
        assert_eq!(wrong(|_| ()), [""; 0]);
        assert_eq!(wrong(|new| *new = NewMember::default()), ["number"]);
        assert_eq!(wrong(|new| new.name = " Ada".to_owned()), ["name"]);
        assert_eq!(wrong(|new| new.name = "A\nB".to_owned()), ["name"]);
        assert_eq!(wrong(|new| new.country = "gb".to_owned()), ["country"]);
        assert_eq!(wrong(|new| new.zone = "Mars".to_owned()), ["zone"]);
        for email in ["ada", "@acme", "ada@", "a@b@c", "a b@c"] {
            assert_eq!(
                wrong(|new| new.email = email.to_owned()),
                ["email"],
                "{email}"
            );
        }
    }
}
