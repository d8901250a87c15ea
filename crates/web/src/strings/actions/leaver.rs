/// What the letter to somebody whose grant ends is made of; amounts and dates in words.
#[derive(Clone, Debug)]
pub(crate) struct Leaver<'a> {
    pub(crate) company: &'a str,
    pub(crate) grant: &'a str,
    pub(crate) granted: &'a str,
    /// The moment of the end, and its zone.
    pub(crate) stop: &'a str,
    /// Until when grace runs.
    pub(crate) grace: Option<&'a str>,
    pub(crate) paid: Option<&'a str>,
    pub(crate) claimable: Option<&'a str>,
    /// Vested by then, and not unlocked.
    pub(crate) locked: Option<&'a str>,
    /// A sentence for each gate that can still pay.
    pub(crate) gates: &'a [String],
    pub(crate) freed: Option<&'a str>,
    /// Path of the grant's page.
    pub(crate) page: &'a str,
}

/// A plain text, to be sent to the holder.
pub(crate) fn letter(leaver: &Leaver<'_>) -> String {
    let Leaver {
        company,
        grant,
        granted,
        stop,
        ..
    } = leaver;
    let mut text = format!(
        "Your grant {grant} at {company} ends on {stop}\n\nYour grant of {granted} ends on {stop}."
    );
    if let Some(until) = leaver.grace {
        text.push_str(&format!(
            " Its clock runs on for the grace that its terms give, until {until}."
        ));
    }
    text.push_str(" This is what it comes to, by today's results:\n\n");
    let lines = [
        leaver
            .paid
            .map(|paid| format!("{paid} were paid. Nothing of it is taken back.")),
        leaver.claimable.map(|amount| {
            format!("{amount} are yours to claim once they are vested. A claim has no last day.")
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
        "\nWhat your agreement does not allow, the contract refuses. Read it here: {}\nCheck it \
         without us: guerdon verify grant FILE, with your grant file and any node.\n",
        leaver.page
    ));
    text
}
