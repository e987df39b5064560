//! What a process uses, as Linux tells it; nothing is told elsewhere.

use std::fs;

/// Ticks per second of the times in `/proc`: fixed on Linux.
const TICKS_PER_S: f64 = 100.0;

/// Seconds of processor time that a process has used so far, its threads together.
pub fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    cpu_of(&stat)
}

/// Bytes of memory that a process holds.
pub fn resident_bytes(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// The name in parentheses may hold anything; after it, user and system time are the 12th and 13th field.
fn cpu_of(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS_PER_S)
}

/// The machine in one line: processor, how many of them, memory, system.
pub fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|l| l.starts_with(name));
        line.and_then(|l| Some(l.split_once(':')?.1.trim().to_string()))
    };
    let info = read("/proc/cpuinfo");
    let model = field(&info, "model name").unwrap_or_else(|| "unknown processor".to_string());
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = field(&read("/proc/meminfo"), "MemTotal");
    let gibibytes = memory.and_then(|m| m.strip_suffix("kB")?.trim().parse::<u64>().ok());
    let gibibytes = gibibytes.map_or(0, |kib| kib.div_ceil(1024 * 1024));
    let release = read("/proc/sys/kernel/osrelease");
    format!(
        "{model}, {processors} processors, {gibibytes} GiB of memory, Linux {}",
        release.trim()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_any_name() {
        let stat = "42 (a) b) S 1 1 1 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 9 0 12345 1 2 3";
        assert_eq!(cpu_of(stat), Some(3.0));
        assert_eq!(cpu_of("nonsense"), None);
        let own = std::process::id();
        assert!(cpu_seconds(own).is_some() == std::path::Path::new("/proc/self/stat").exists());
    }
}
