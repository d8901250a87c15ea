//! The story, then where everything is, then the pages.

use clap::Parser;
use serde_json::{Value, json};

use super::{acts, goals, input, people, stage, story};
use crate::cli::{Cli, Command, DemoArgs};
use crate::commands::goal::files::find as find_goal;
use crate::commands::grant::files::find as find_grant;
use crate::commands::serve::{Site, index_once, serve};
use crate::context::{Context, Node, interruptible};
use crate::error::{Failure, Outcome};
use crate::output::{Format, Record};
use crate::session::Session;

pub(crate) async fn run(context: &Context, arguments: &DemoArgs) -> Outcome {
    let global = &context.global;
    if global.rpc_url.is_some() || global.account.is_some() {
        return Err(
            Failure::input("the demo plays on the embedded chain with its own accounts")
                .hint("leave --rpc-url and --account out"),
        );
    }
    let mut told = context.clone();
    told.quiet = true;
    told.global.yes = true;
    told.global.dry_run = false;
    told.global.from = None;
    let node = told.embedded(Some(story::start()?)).await?;
    let outcome = play(&told, &node, arguments).await;
    node.close().await?;
    outcome
}

async fn play(context: &Context, node: &Node, arguments: &DemoArgs) -> Outcome {
    let mut told = context.clone();
    told.global.output = Format::Nothing;
    interruptible(story::tell(&told, node)).await?;
    let site = Site {
        demo: Some(stage::stage(node)?),
        ..site(context, arguments)?
    };
    people::fill(context, &node.chain).await?;
    let session = Session::open(context, node)?;
    index_once(context, &node.chain, &session.deployment).await?;
    let places = places(&session, &site)?;
    if arguments.no_serve {
        let folder = context.data.0.display();
        let first = format!("guerdon serve --data-dir {folder}, which answers at these addresses");
        return context.global.output.record(&places.line("next", first));
    }
    context.global.output.record(&places)?;
    serve(context, node, &site).await
}

/// As `serve` would be told: on this machine alone, with e-mails in a folder, and with a keeper who
/// pays for holders that ask.
fn site(context: &Context, arguments: &DemoArgs) -> Outcome<Site> {
    let mail = context.data.mail().display().to_string();
    let port = arguments.port.to_string();
    let words = ["guerdon", "serve", "--host", "127.0.0.1", "--port", &port];
    let words = words.iter().copied();
    let told = [
        "--mail-folder",
        &mail,
        "--relay-only",
        "--webhooks-to-loopback",
    ];
    let cli = Cli::try_parse_from(words.chain(told));
    match cli.map(|cli| cli.command) {
        Ok(Command::Serve(arguments)) => Ok(Site::of(&arguments)),
        Ok(_) => Err(Failure::failed("the demo serves no pages")),
        Err(error) => Err(Failure::failed(error.to_string())),
    }
}

/// Addresses and pages worth a look.
fn places(session: &Session<'_>, site: &Site) -> Outcome<Record> {
    let context = session.context;
    let base = format!("http://{}:{}", site.host, site.port);
    let mut pages = vec![("the company", format!("{base}/"))];
    for (title, sheet) in [
        ("the round", &input::FIRST),
        ("a round that can still be taken back", &input::SECOND),
    ] {
        if let Some(file) = acts::imported(context, sheet)? {
            pages.push((title, format!("{base}/rounds/{}", file.header.root.hash)));
        }
    }
    for (title, name) in [
        ("a grant by time alone", "G-1001"),
        ("a grant that a result opened in part", "G-1004"),
        ("a grant that is all on results", "G-1021"),
        ("a grant that waits for the launch", "G-1005"),
        ("a grant that ended", "G-1012"),
    ] {
        pages.push((
            title,
            format!("{base}/grants/{}", find_grant(context, name)?.id),
        ));
    }
    for (title, name) in [
        ("the product goal", goals::PRODUCT),
        ("the launch goal", goals::LAUNCH),
    ] {
        pages.push((
            title,
            format!("{base}/goals/{}", find_goal(context, name)?.id),
        ));
    }
    pages.push(("how to check all of it", format!("{base}/verify")));

    let contracts = session.deployment.contracts.list();
    let addresses: serde_json::Map<String, Value> = contracts
        .iter()
        .map(|(name, contract)| ((*name).to_owned(), json!(contract.address)))
        .collect();
    let urls: Vec<Value> = pages
        .iter()
        .map(|(title, url)| json!({"title": title, "url": url}))
        .collect();
    let mut record = Record::new(json!({
        "company": session.deployment.name,
        "chain_id": session.deployment.chain_id,
        "node": session.chain.shown_url(),
        "data_dir": context.data.0,
        "contracts": addresses,
        "pages": urls,
    }))
    .line("company", &session.deployment.name)
    .line(
        "chain",
        format!(
            "{} at {}",
            session.deployment.chain_id,
            session.chain.shown_url()
        ),
    )
    .line("files", context.data.0.display().to_string());
    for (name, contract) in &contracts {
        record = record.line(name, contract.address.to_string());
    }
    for (title, url) in pages {
        record = record.line(title, url);
    }
    Ok(record)
}
