//! What a process used, as Linux tells it; nothing elsewhere.

use std::fs;

/// The kernel counts processor time in hundredths of a second.
const TICKS: f64 = 100.0;

/// Seconds of processor time of a process, without those of its children.
pub(super) fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(Stat::read(&stat)?.own)
}

/// Seconds of processor time of a process and of all children it has and had.
pub(super) fn family_cpu_seconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let parent = Stat::read(&stat)?;
    let others = fs::read_dir("/proc").ok()?.flatten();
    let stats = others.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    let children = stats.filter_map(|stat| Stat::read(&stat));
    let living: f64 = children
        .filter(|child| child.parent == pid)
        .map(|child| child.own)
        .sum();
    Some(parent.own + parent.gone + living)
}

/// The most memory that a process had, in MiB.
pub(super) fn peak_mib(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 1024.0)
}

struct Stat {
    parent: u32,
    /// Seconds of its own, and of children that ended.
    own: f64,
    gone: f64,
}

impl Stat {
    /// The name in brackets may hold blanks: fields are counted after it.
    fn read(text: &str) -> Option<Self> {
        let (_, rest) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let seconds = |field: usize| Some(fields.get(field)?.parse::<f64>().ok()? / TICKS);
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            own: seconds(11)? + seconds(12)?,
            gone: seconds(13)? + seconds(14)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_process_is_read_behind_its_name() {
        let line = "42 (a name) b) S 7 42 42 0 -1 4194304 100 0 0 0 250 50 300 100 20 0 1 0";
        let stat = Stat::read(line).unwrap();
        assert_eq!((stat.parent, stat.own, stat.gone), (7, 3.0, 4.0));
        assert!(Stat::read("42 (short) S 1").is_none());
    }
}
