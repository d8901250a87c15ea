//! Where one can go: few entries in the head, and the company's pages in a row of their own below.

use crate::access::Viewer;

/// The places that the menus know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Overview,
    Rounds,
    Goals,
    Contracts,
    Home,
    Grants,
    /// What is due, for those who judge results.
    Queue,
    /// The auditor's pages.
    Audit,
    Company,
    People,
    CompanyRounds,
    Templates,
    /// The goal builder.
    NewGoal,
    Batches,
    Jobs,
    Integrations,
    /// Links for auditors.
    Auditors,
    Reports,
    /// The company's log of what was done.
    Log,
    Settings,
    SignIn,
    Elsewhere,
}

/// A link of a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) href: &'static str,
    pub(crate) name: &'static str,
    /// `aria-current`: this page, or the part that it belongs to.
    pub(crate) current: Option<&'static str>,
}

/// The company's pages.
const COMPANY: [(&str, &str, Place); 11] = [
    ("/company", "Desk", Place::Company),
    ("/company/people", "People", Place::People),
    ("/company/rounds", "Rounds", Place::CompanyRounds),
    ("/company/templates", "Templates", Place::Templates),
    ("/company/goals/new", "New goal", Place::NewGoal),
    ("/company/batches", "Batches", Place::Batches),
    ("/company/jobs", "Jobs", Place::Jobs),
    ("/company/integrations", "Integrations", Place::Integrations),
    ("/company/reports", "Reports", Place::Reports),
    ("/audit/links", "Auditors", Place::Auditors),
    ("/company/audit", "Log", Place::Log),
];

fn link(place: Place, (href, name, of): (&'static str, &'static str, Place)) -> Link {
    Link {
        href,
        name,
        current: (place == of).then_some("page"),
    }
}

/// The places that a reader goes to, by what he may read.
pub(super) fn links(viewer: Option<&Viewer>, place: Place) -> Vec<Link> {
    let link = |href, name, of| link(place, (href, name, of));
    let public = vec![
        link("/", "Overview", Place::Overview),
        link("/#rounds", "Rounds", Place::Rounds),
        link("/#goals", "Goals", Place::Goals),
        link("/contracts", "Contracts", Place::Contracts),
    ];
    let audits = [
        link("/audit", "Audit", Place::Audit),
        link("/company/reports", "Reports", Place::Reports),
        link("/company/audit", "Log", Place::Log),
    ];
    let viewer = match viewer {
        None => return public,
        Some(viewer) if viewer.is_by_link() => return [public, audits.to_vec()].concat(),
        Some(viewer) => viewer,
    };
    let mut links = vec![
        link("/me", "Home", Place::Home),
        link("/me/grants", "Grants", Place::Grants),
        link("/#goals", "Goals", Place::Goals),
        link("/", "Overview", Place::Overview),
    ];
    if viewer.judges {
        links.push(link("/queue", "Queue", Place::Queue));
    }
    if viewer.is_company() {
        let mut company = link("/company", "Company", Place::Company);
        if is_company(place) {
            company.current = Some("true");
        }
        links.push(company);
    } else if viewer.is_auditor() {
        links.extend(audits);
    }
    links
}

/// The row below, on the company's pages.
pub(super) fn of_company(viewer: Option<&Viewer>, place: Place) -> Vec<Link> {
    let Some(viewer) = viewer.filter(|viewer| viewer.is_company() && is_company(place)) else {
        return Vec::new();
    };
    let opens = |of| {
        let administers = [Place::Integrations, Place::Auditors].contains(&of);
        !administers || viewer.is_administrator()
    };
    let entries = COMPANY.into_iter().filter(|(_, _, of)| opens(*of));
    entries.map(|entry| link(place, entry)).collect()
}

fn is_company(place: Place) -> bool {
    COMPANY.iter().any(|(_, _, of)| *of == place)
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;
    use guerdon_store::{ListRole, Means};

    use super::*;

    fn viewer(roles: &[ListRole]) -> Viewer {
        Viewer {
            session: B256::ZERO,
            person: None,
            name: None,
            means: Means::Wallet,
            wallets: Vec::new(),
            list_roles: roles.to_vec(),
            chain_roles: Vec::new(),
            judges: false,
            zone: None,
        }
    }

    fn names(links: &[Link]) -> Vec<&'static str> {
        links.iter().map(|link| link.name).collect()
    }

    #[test]
    fn the_companys_pages_have_a_row_of_their_own() {
        let company = viewer(&[ListRole::Company]);
        let head = links(Some(&company), Place::Batches);
        assert_eq!(
            names(&head),
            ["Home", "Grants", "Goals", "Overview", "Company"]
        );
        assert_eq!(head[4].current, Some("true"));
        let row = of_company(Some(&company), Place::Batches);
        let here: Vec<_> = row.iter().filter(|link| link.current.is_some()).collect();
        assert_eq!((here.len(), here[0].href), (1, "/company/batches"));
        assert_eq!(of_company(Some(&company), Place::Home), []);
    }

    #[test]
    fn nobody_is_led_where_he_may_not_go() {
        let engineer = viewer(&[]);
        assert_eq!(names(&links(Some(&engineer), Place::Jobs)).len(), 4);
        assert_eq!(of_company(Some(&engineer), Place::Jobs), []);
        assert_eq!(of_company(None, Place::Jobs), []);
        let auditor = viewer(&[ListRole::Auditor]);
        assert_eq!(
            names(&links(Some(&auditor), Place::Log))[4..],
            ["Audit", "Reports", "Log"]
        );
        let by_link = Viewer {
            means: Means::AuditorLink(1),
            ..viewer(&[ListRole::Auditor])
        };
        let opened = links(Some(&by_link), Place::Audit);
        assert_eq!(
            names(&opened)[3..],
            ["Contracts", "Audit", "Reports", "Log"]
        );
        assert!(opened.iter().all(|link| !link.href.starts_with("/me")));
        assert_eq!(of_company(Some(&auditor), Place::Log), []);
        assert_eq!(names(&links(None, Place::Overview))[3], "Contracts");
        let judges = true;
        let member = Viewer {
            judges,
            ..viewer(&[])
        };
        assert_eq!(names(&links(Some(&member), Place::Queue))[4], "Queue");
    }
}
