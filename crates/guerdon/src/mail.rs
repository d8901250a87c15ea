//! Sends the e-mails of the pages: by SMTP, or into a folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use guerdon_web::Letter;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::cli::PortalArgs;
use crate::error::{Failure, Outcome};
use crate::files;

/// So many e-mails may wait.
const QUEUE: usize = 256;
/// Tries of one e-mail, and the wait between two.
const TRIES: u32 = 3;
const WAIT: Duration = Duration::from_secs(5);

/// Where e-mails go.
#[derive(Debug)]
enum Post {
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    Folder(PathBuf),
}

/// A queue of e-mails and its sender, if one is set up.
#[derive(Debug)]
pub(crate) struct Mail {
    post: Post,
    from: Mailbox,
    queue: Receiver<Letter>,
    /// Between two tries of one e-mail.
    wait: Duration,
}

impl Mail {
    /// Reads the options; `None` when no e-mail is set up.
    pub(crate) fn new(
        arguments: &PortalArgs,
        company: &str,
    ) -> Outcome<Option<(Sender<Letter>, Self)>> {
        let post = match (&arguments.smtp_url, &arguments.mail_folder) {
            (Some(url), _) => Post::Smtp(Box::new(smtp(
                url,
                arguments.smtp_password_file.as_deref(),
            )?)),
            (None, Some(folder)) => Post::Folder(folder.clone()),
            (None, None) => return Ok(None),
        };
        let from = match &arguments.mail_from {
            Some(from) => from.parse().map_err(|error| {
                Failure::input(format!("--mail-from {from} is no sender: {error}"))
                    .hint("write it as NAME <ADDRESS>")
            })?,
            None => {
                let address = "grants@localhost".parse();
                let address = address.map_err(|error| Failure::failed(format!("{error}")))?;
                Mailbox::new(Some(company.to_owned()), address)
            }
        };
        let (sender, queue) = mpsc::channel(QUEUE);
        let mail = Self {
            post,
            from,
            queue,
            wait: WAIT,
        };
        Ok(Some((sender, mail)))
    }

    /// Sends until every page has ended.
    pub(crate) async fn run(mut self) {
        let mut number = 0_u64;
        while let Some(letter) = self.queue.recv().await {
            number = number.saturating_add(1);
            if let Err(reason) = self.deliver(&letter, number).await {
                tracing::error!("an e-mail was not sent: {reason}");
            }
        }
    }

    async fn deliver(&self, letter: &Letter, number: u64) -> Result<(), String> {
        let to: Mailbox = letter
            .to
            .parse()
            .map_err(|_| "its address is none".to_owned())?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&letter.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|_| "it could not be written as a message".to_owned())?;
        match &self.post {
            Post::Folder(folder) => {
                let name = format!("{}-{number}.eml", std::process::id());
                keep(folder, &name, &message.formatted())
            }
            Post::Smtp(transport) => self.by_smtp(transport, &message).await,
        }
    }

    async fn by_smtp(
        &self,
        transport: &AsyncSmtpTransport<Tokio1Executor>,
        message: &Message,
    ) -> Result<(), String> {
        let mut tries = 1;
        loop {
            match transport.send(message.clone()).await {
                Ok(_) => return Ok(()),
                Err(error) if error.is_permanent() || tries == TRIES => {
                    return Err(failure(&error));
                }
                Err(_) => tokio::time::sleep(self.wait).await,
            }
            tries += 1;
        }
    }
}

/// Why the mail server did not take an e-mail, without a word of its own: servers repeat in their
/// answers to whom it was.
fn failure(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_tls() => "the mail server's certificate was not accepted".to_owned(),
        None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
        None if error.is_response() => "the mail server's answer was not understood".to_owned(),
        None if error.is_client() => "the mail server cannot do what was asked of it".to_owned(),
        None => "the mail server could not be reached, or hung up".to_owned(),
    }
}

/// Links in e-mails open sessions: the folder and its files are for their owner alone.
fn keep(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), String> {
    files::write_secret(&folder.join(name), bytes).map_err(|failure| failure.to_string())
}

/// `smtps://` is TLS from the first byte, `smtp://` becomes TLS before anything else is said. A
/// relay on this machine itself is spoken to in the open: nobody is between.
fn smtp(url: &str, password: Option<&Path>) -> Outcome<AsyncSmtpTransport<Tokio1Executor>> {
    let wrong = |why: &str| {
        Failure::input(format!("--smtp-url {why}"))
            .hint("write smtps://USER@HOST, or smtp://USER@HOST:587")
    };
    let (scheme, rest) = url
        .split_once("://")
        .ok_or_else(|| wrong("has no scheme"))?;
    let (user, place) = match rest.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, rest),
    };
    if user.is_some_and(|user| user.contains(':')) {
        return Err(wrong(
            "holds a password, which belongs into --smtp-password-file",
        ));
    }
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) => {
            let port: u16 = port
                .parse()
                .map_err(|_| wrong("has no port that is a number"))?;
            (host, Some(port))
        }
        None => (place, None),
    };
    let builder = match scheme {
        "smtps" => AsyncSmtpTransport::<Tokio1Executor>::relay(host),
        "smtp" if is_this_machine(host) => Ok(
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host),
        ),
        "smtp" => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host),
        _ => return Err(wrong("is neither smtps nor smtp")),
    };
    let mut builder = builder.map_err(|error| wrong(&format!("cannot be used: {error}")))?;
    if let Some(port) = port {
        builder = builder.port(port);
    }
    if let Some(user) = user {
        let path =
            password.ok_or_else(|| wrong("names a user, and --smtp-password-file is missing"))?;
        let password = files::read_secret(path)?;
        // A user is often an e-mail address, whose @ a URL writes as %40.
        builder = builder.credentials(Credentials::new(user.replace("%40", "@"), password));
    }
    Ok(builder.build())
}

fn is_this_machine(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
#[path = "mail_tests.rs"]
mod server;

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        smtp(url, None).unwrap_err().to_string()
    }

    #[test]
    fn a_mail_server_is_named_without_its_password() {
        assert!(smtp("smtps://mail.acme.example", None).is_ok());
        assert!(smtp("smtp://mail.acme.example:587", None).is_ok());
        assert!(refused("mail.acme.example").contains("no scheme"));
        assert!(refused("http://mail.acme.example").contains("neither smtps nor smtp"));
        assert!(refused("smtps://me:secret@mail.acme.example").contains("--smtp-password-file"));
        assert!(!refused("smtps://me:secret@mail.acme.example").contains("secret"));
        assert!(refused("smtps://me@mail.acme.example").contains("is missing"));
        assert!(refused("smtps://mail.acme.example:x").contains("no port"));
    }

    #[tokio::test]
    async fn a_folder_keeps_e_mails_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = PortalArgs {
            mail_folder: Some(folder.path().join("mail")),
            ..PortalArgs::default()
        };
        let (sender, mail) = Mail::new(&arguments, "Acme AI").unwrap().unwrap();
        let letter = Letter {
            to: "dolores@acme.example".into(),
            subject: "A link".into(),
            text: "https://grants.acme.example/sign-in/mail/ab\n".into(),
        };
        sender.try_send(letter).unwrap();
        drop(sender);
        mail.run().await;
        let files: Vec<_> = std::fs::read_dir(folder.path().join("mail"))
            .unwrap()
            .collect();
        assert_eq!(files.len(), 1);
        let path = files.into_iter().next().unwrap().unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for part in [
            "From: \"Acme AI\" <grants@localhost>",
            "To: dolores@acme.example",
            "Subject: A link",
            "/sign-in/mail/ab",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
        assert!(
            Mail::new(&PortalArgs::default(), "Acme AI")
                .unwrap()
                .is_none()
        );
    }
}
