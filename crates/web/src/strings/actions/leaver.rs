use jiff::tz::TimeZone;

use crate::dates;

/// What the letter to somebody whose grant ends is made of; amounts in words.
#[derive(Clone, Debug)]
pub(crate) struct Leaver<'a> {
    pub(crate) company: &'a str,
    pub(crate) grant: &'a str,
    pub(crate) granted: &'a str,
    /// Money's clock.
    pub(crate) now: u64,
    /// The last second that counts.
    pub(crate) stop_at: u64,
    /// The last second of the grace, if any is given.
    pub(crate) grace: Option<u64>,
    /// In which its days are told.
    pub(crate) zone: &'a TimeZone,
    pub(crate) paid: Option<&'a str>,
    pub(crate) claimable: Option<&'a str>,
    /// Vested by then, and not unlocked.
    pub(crate) locked: Option<&'a str>,
    /// A sentence for each gate that can still pay.
    pub(crate) gates: &'a [String],
    pub(crate) freed: Option<&'a str>,
    /// Address of the grant's page.
    pub(crate) page: &'a str,
}

impl Leaver<'_> {
    /// `at the end of 30 Nov 2026, Europe/Madrid time`, or with the minute where it is another.
    fn moment(&self, at: u64) -> String {
        let (day, zone) = (dates::day(at, self.zone), dates::zone_name(self.zone));
        let zone = match zone {
            "UTC" => "UTC".to_owned(),
            zone => format!("{zone} time"),
        };
        match dates::ends_a_day(at, self.zone) {
            true => format!("at the end of {day}, {zone}"),
            false => format!("on {day} at {}, {zone}", dates::clock(at, self.zone)),
        }
    }

    fn opening(&self) -> String {
        let Self { grant, granted, .. } = self;
        let ends = if self.stop_at > self.now {
            "ends"
        } else {
            "ended"
        };
        let (day, stop) = (
            dates::day(self.stop_at, self.zone),
            self.moment(self.stop_at),
        );
        let mut text = format!(
            "Your grant {grant} at {} {ends} on {day}\n\n\
             Your grant {grant} of {granted} {ends} {stop}.",
            self.company
        );
        if let Some(until) = self.grace {
            let until = self.moment(until);
            text.push_str(&format!(
                " You leave as a good leaver: it goes on vesting for the grace that its terms \
                 give, which is over {until}."
            ));
        }
        text
    }
}

/// A plain text, to be sent to the holder.
pub(crate) fn letter(leaver: &Leaver<'_>) -> String {
    let Leaver { company, page, .. } = leaver;
    let mut text = leaver.opening();
    text.push_str("\n\nBy the results known today it comes to this:\n\n");
    let lines = [
        leaver
            .paid
            .map(|paid| format!("{paid} were paid to you. They stay yours.")),
        leaver.claimable.map(|amount| {
            format!(
                "{amount} more are vested by then. You can claim them, and there is no last day."
            )
        }),
        leaver.locked.map(|amount| {
            format!("{amount} are vested and leave later, by the unlock clock of your terms.")
        }),
    ];
    let freed = leaver
        .freed
        .map(|amount| format!("{amount} are not earned by then and go back to {company}."));
    let gates = leaver.gates.iter().cloned();
    for line in lines.into_iter().flatten().chain(gates).chain(freed) {
        text.push_str(&format!("- {line}\n"));
    }
    text.push_str(&format!(
        "\nYour grant's page: {page}\n\
         It also shows your agreement. What the agreement does not allow, the contract refuses.\n\
         To check all this without us, use your grant file and any node: guerdon verify grant FILE\n"
    ));
    text
}
