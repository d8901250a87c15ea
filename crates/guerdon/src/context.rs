//! What every command works with: the resolved options, the data directory, a node.

use std::future::Future;
use std::path::{Path, PathBuf};

use guerdon_chain::embedded::{Embedded, EmbeddedError, Options};
use guerdon_chain::{Chain, ChainError, Deployment, RevertKind, Signer, default_keystore_dir};

use crate::cli::Global;
use crate::confirm::ask;
use crate::error::{Failure, Kind, Outcome};
use crate::files::{self, DataDir};
use crate::handover::{self, Handover};
use crate::output::say;

/// Resolved options of one run.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) data: DataDir,
    /// Plans and receipts are not shown: a longer story tells what happens.
    pub(crate) quiet: bool,
    /// Calls that are written out instead of sent.
    pub(crate) handover: Handover,
}

/// A connected node; the embedded one if no other was named.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) chain: Chain,
    pub(crate) embedded: Option<Embedded>,
}

impl Context {
    pub(crate) fn new(global: Global) -> Self {
        let data = DataDir(global.data_dir.clone());
        Self {
            global,
            data,
            quiet: false,
            handover: Handover::default(),
        }
    }

    /// Runs with a node, and leaves the embedded chain as it was found: running if it ran before.
    pub(crate) async fn with_node<T, F>(&self, command: F) -> Outcome<T>
    where
        F: AsyncFnOnce(&Node) -> Outcome<T>,
    {
        let node = self.connect().await?;
        let outcome = interruptible(command(&node)).await;
        node.close().await?;
        outcome
    }

    /// Connects to `--rpc-url`, or attaches to the embedded chain, or starts it.
    pub(crate) async fn connect(&self) -> Outcome<Node> {
        if let Some(url) = &self.global.rpc_url {
            return Ok(Node {
                chain: Chain::connect(url).await?,
                embedded: None,
            });
        }
        self.embedded(None).await
    }

    /// Attaches to the embedded chain or starts it; a new one begins at `start_time`.
    pub(crate) async fn embedded(&self, start_time: Option<u64>) -> Outcome<Node> {
        let anvil = self.global.anvil.clone();
        let options = Options {
            anvil,
            start_time,
            ..Options::default()
        };
        let embedded = Embedded::attach_or_start(&self.data.chain(), &options).await?;
        if let Some(notice) = embedded.notice() {
            say(notice);
        }
        Ok(Node {
            chain: embedded.chain().clone(),
            embedded: Some(embedded),
        })
    }

    /// The deployment of this chain: the named file, the data directory's, or the committed one.
    pub(crate) fn deployment(&self, chain_id: u64) -> Outcome<Deployment> {
        let path = self.deployment_path(chain_id)?;
        let deployment = Deployment::read(&path)?;
        if deployment.chain_id != chain_id {
            return Err(Failure::precondition(format!(
                "{} is a deployment on chain {}, and the node serves chain {chain_id}",
                path.display(),
                deployment.chain_id
            ))
            .hint("give the right --rpc-url or --deployment"));
        }
        Ok(deployment)
    }

    fn deployment_path(&self, chain_id: u64) -> Outcome<PathBuf> {
        if let Some(path) = &self.global.deployment {
            return Ok(path.clone());
        }
        let name = format!("{chain_id}.json");
        let places = [
            self.data.deployments(),
            PathBuf::from("contracts/deployments"),
        ];
        places
            .iter()
            .map(|folder| folder.join(&name))
            .find(|path| path.is_file())
            .ok_or_else(|| {
                Failure::not_found(format!("no deployment on chain {chain_id} is known here"))
                    .hint("run guerdon deploy, or name the file with --deployment")
            })
    }

    /// Deployments of the data directory, for commands that need no node.
    pub(crate) fn only_deployment(&self) -> Outcome<Option<Deployment>> {
        if let Some(path) = &self.global.deployment {
            return Ok(Some(Deployment::read(path)?));
        }
        match files::list(&self.data.deployments(), ".json")?.as_slice() {
            [] => Ok(None),
            [path] => Ok(Some(Deployment::read(path)?)),
            _ => Err(Failure::input("several deployments are known here")
                .hint("name one with --deployment")),
        }
    }

    /// Who signs: `--account`, `--from`, or on the embedded chain the account that plays the role.
    /// For calls that are handed over, whoever will send them: no key is asked for.
    pub(crate) fn signer(&self, role: Option<u32>) -> Outcome<Signer> {
        if self.global.hands_over() {
            return handover::sender(self, role);
        }
        if let Some(name) = &self.global.account {
            return self.keystore(name);
        }
        let role = role.filter(|_| self.global.rpc_url.is_none());
        match self.global.from.or(role) {
            Some(index) => Ok(Signer::embedded(index)?),
            None => Err(Failure::input("nobody was named to sign").hint(
                "give --account NAME of your keystore, or --from INDEX on the embedded chain",
            )),
        }
    }

    fn keystore(&self, name: &str) -> Outcome<Signer> {
        let folder = match &self.global.keystore_dir {
            Some(folder) => folder.clone(),
            None => default_keystore_dir(&home()?),
        };
        let password = match &self.global.password_file {
            Some(path) => files::read_secret(path)?,
            None => ask_password(name)?,
        };
        Ok(Signer::from_keystore(&folder, name, &password)?)
    }

    /// The database's address.
    pub(crate) fn database_url(&self) -> String {
        let default = || format!("sqlite://{}", self.data.database().display());
        self.global.database_url.clone().unwrap_or_else(default)
    }

    /// Says something, unless a longer story tells it.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }
}

impl Node {
    /// Leaves the embedded chain running if it ran before, else keeps its state and stops it.
    pub(crate) async fn close(self) -> Outcome {
        match self.embedded {
            Some(embedded) => Ok(embedded.release().await?),
            None => Ok(()),
        }
    }
}

/// Stops waiting when the person presses Ctrl-C.
pub(crate) async fn interruptible<T>(command: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    tokio::select! {
        outcome = command => outcome,
        () = asked_to_stop() => {
            Err(Failure::new(Kind::Cancelled, "stopped; a transaction already sent may still count")
                .hint("run the same command again: it looks first what is done"))
        }
    }
}

/// Ctrl-C, or the request to end that a service manager sends; from this call on, neither ends the
/// process by itself.
#[cfg(unix)]
pub(crate) fn asked_to_stop() -> impl Future<Output = ()> + Send {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    );
    async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
            tracing::warn!("signals cannot be heard: only a kill ends this process");
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(crate) async fn asked_to_stop() {
    let _ = tokio::signal::ctrl_c().await;
}

fn ask_password(name: &str) -> Outcome<String> {
    use std::io::IsTerminal;
    if !std::io::stdin().is_terminal() {
        return Err(
            Failure::input(format!("the password of {name} cannot be asked for here"))
                .hint("give --password-file FILE"),
        );
    }
    ask(|| rpassword::prompt_password(format!("password of {name}: ")))
        .map_err(|error| Failure::failed(format!("could not read the password: {error}")))
}

fn home() -> Outcome<PathBuf> {
    std::env::home_dir()
        .filter(|home| home != Path::new(""))
        .ok_or_else(|| Failure::input("no home directory is known").hint("give --keystore-dir DIR"))
}

impl From<ChainError> for Failure {
    fn from(error: ChainError) -> Self {
        let kind = match &error {
            ChainError::BadUrl { .. } => Kind::Input,
            ChainError::Unreachable { .. } => Kind::NotFound,
            ChainError::Reverted(reverted) if reverted.kind == RevertKind::Forbidden => {
                Kind::NotPermitted
            }
            ChainError::Reverted(_) => Kind::Reverted,
            ChainError::Pending { .. } => Kind::Pending,
            ChainError::NoGasMoney { .. } => Kind::Precondition,
            ChainError::PublicKey { .. } | ChainError::Keystore { .. } => Kind::NotPermitted,
            ChainError::Deployment { .. } => Kind::Input,
            ChainError::Embedded(EmbeddedError::NoProgram { .. }) => Kind::NotFound,
            ChainError::Embedded(EmbeddedError::Backwards { .. }) => Kind::Precondition,
            _ => Kind::Failed,
        };
        Self {
            kind,
            sentence: error.to_string(),
            hint: error.hint(),
        }
    }
}
