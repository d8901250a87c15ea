//! E-mails by SMTP, to a server that speaks it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What a server got: the lines of its clients, and the text of each e-mail that it took.
#[derive(Debug, Default)]
struct Got {
    lines: Vec<String>,
    letters: Vec<String>,
}

/// A mail server on this machine; it gives the next of `answers` to each recipient, then 250.
struct Server {
    url: String,
    got: Arc<Mutex<Got>>,
}

impl Server {
    async fn answering(answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Got::default()));
        let (kept, answers) = (Arc::clone(&got), Arc::new(Mutex::new(answers.to_vec())));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let parts = (Arc::clone(&kept), Arc::clone(&answers));
                tokio::spawn(async move { serve(stream, parts).await });
            }
        });
        Self { url, got }
    }

    fn lines(&self, verb: &str) -> Vec<String> {
        let got = self.got.lock().unwrap();
        let lines = got.lines.iter().filter(|line| line.starts_with(verb));
        lines.cloned().collect()
    }

    fn letters(&self) -> Vec<String> {
        self.got.lock().unwrap().letters.clone()
    }
}

async fn serve(stream: TcpStream, (got, answers): (Arc<Mutex<Got>>, Arc<Mutex<Vec<&str>>>)) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 here ESMTP\r\n").await.unwrap();
    let mut text: Option<String> = None;
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(open) = &mut text {
            if line != "." {
                open.push_str(&line);
                open.push('\n');
                continue;
            }
            got.lock().unwrap().letters.extend(text.take());
        }
        got.lock().unwrap().lines.push(line.clone());
        let verb = line.split([' ', ':']).next().unwrap_or_default();
        let answer = match verb {
            "EHLO" => "250-here\r\n250 8BITMIME",
            "RCPT" => {
                let mut left = answers.lock().unwrap();
                if left.is_empty() {
                    "250 ok"
                } else {
                    left.remove(0)
                }
            }
            "DATA" => {
                text = Some(String::new());
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let answer = format!("{answer}\r\n");
        if write.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn letter() -> Letter {
    Letter {
        to: "dolores@acme.example".into(),
        subject: "Your link to Acme AI's grants".into(),
        text: "https://grants.acme.example/sign-in/mail/ab\n".into(),
    }
}

fn mail(url: &str) -> (Sender<Letter>, Mail) {
    let arguments = PortalArgs {
        smtp_url: Some(url.to_owned()),
        mail_from: Some("Acme grants <grants@acme.example>".to_owned()),
        ..PortalArgs::default()
    };
    let (sender, mail) = Mail::new(&arguments, "Acme AI").unwrap().unwrap();
    let wait = Duration::from_millis(20);
    (sender, Mail { wait, ..mail })
}

#[tokio::test]
async fn a_letter_is_handed_to_a_mail_server() {
    let server = Server::answering(&[]).await;
    let (sender, mail) = mail(&server.url);
    sender.try_send(letter()).unwrap();
    drop(sender);
    mail.run().await;
    assert_eq!(server.lines("MAIL")[0], "MAIL FROM:<grants@acme.example>");
    assert_eq!(server.lines("RCPT"), ["RCPT TO:<dolores@acme.example>"]);
    let letters = server.letters();
    assert_eq!(letters.len(), 1);
    for part in [
        "From: \"Acme grants\" <grants@acme.example>",
        "To: dolores@acme.example",
        "Subject: Your link to Acme AI's grants",
        "https://grants.acme.example/sign-in/mail/ab",
    ] {
        assert!(letters[0].contains(part), "{part}: {}", letters[0]);
    }
}

#[tokio::test]
async fn a_server_that_is_busy_is_tried_again_and_one_that_refuses_is_not() {
    let busy = "451 4.3.0 try later, dolores@acme.example";
    let server = Server::answering(&[busy, busy]).await;
    let (_sender, waiting) = mail(&server.url);
    waiting.deliver(&letter(), 1).await.unwrap();
    assert_eq!((server.lines("RCPT").len(), server.letters().len()), (3, 1));

    let server = Server::answering(&[busy, busy, busy]).await;
    let (_sender, waiting) = mail(&server.url);
    let reason = waiting.deliver(&letter(), 1).await.unwrap_err();
    assert_eq!(reason, "the mail server answered 451");
    assert_eq!((server.lines("RCPT").len(), server.letters().len()), (3, 0));

    let refusing = "550 5.1.1 <dolores@acme.example>: no such user";
    let server = Server::answering(&[refusing]).await;
    let (_sender, waiting) = mail(&server.url);
    let reason = waiting.deliver(&letter(), 1).await.unwrap_err();
    assert_eq!(reason, "the mail server answered 550");
    assert_eq!(server.lines("RCPT").len(), 1);
    // A failure ends one e-mail, and the next one goes out.
    let (sender, going_on) = mail(&server.url);
    sender.try_send(letter()).unwrap();
    drop(sender);
    going_on.run().await;
    assert_eq!(server.letters().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_without_an_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    drop(listener);
    let (_sender, waiting) = mail(&url);
    let reason = waiting.deliver(&letter(), 1).await.unwrap_err();
    assert_eq!(reason, "the mail server could not be reached, or hung up");
}

/// Bytes that a log wrote.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_says_that_and_why_but_not_to_whom() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let server = Server::answering(&["550 5.1.1 <dolores@acme.example>: no such user"]).await;
    let (sender, mail) = mail(&server.url);
    sender.try_send(letter()).unwrap();
    drop(sender);
    mail.run().await;
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        text.contains("an e-mail was not sent: the mail server answered 550"),
        "{text}"
    );
    assert!(
        !text.contains("dolores") && !text.contains("acme.example"),
        "{text}"
    );
}
