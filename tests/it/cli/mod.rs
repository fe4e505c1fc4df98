//! The commands, run as users and cron run them: in an empty environment and a separate folder.

#[cfg(test)]
mod approval;
mod archive;
mod archive_losses;
#[cfg(test)]
mod audiences;
#[cfg(test)]
mod calendar;
#[cfg(test)]
mod channels;
#[cfg(test)]
mod checking;
#[cfg(test)]
mod ci;
#[cfg(test)]
mod clocks;
mod completions;
mod consents;
#[cfg(test)]
mod corrections;
#[cfg(test)]
mod danish;
#[cfg(test)]
mod diff;
#[cfg(test)]
mod dkim;
#[cfg(test)]
mod doctor;
mod drafts;
#[cfg(test)]
mod events;
#[cfg(test)]
mod export;
#[cfg(test)]
mod exported_without_lists;
#[cfg(test)]
mod feedback;
#[cfg(test)]
mod first_steps;
#[cfg(test)]
mod gallery;
#[cfg(test)]
mod guards;
#[cfg(test)]
mod inbox;
#[cfg(test)]
mod init;
mod kit;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod ledger_commands;
#[cfg(test)]
mod ledger_files;
mod live_preview;
#[cfg(test)]
mod load;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod metrics;
mod new_from;
#[cfg(test)]
mod notify;
#[cfg(test)]
mod old_mail;
mod once;
#[cfg(test)]
mod person;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod previewing;
#[cfg(test)]
mod receipts;
mod reference;
mod restored;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod run;
mod schedule;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod shared_ledger;
#[cfg(test)]
mod status;
#[cfg(test)]
mod testing;
mod themes;
mod traces;
mod trust;
#[cfg(test)]
mod unsubscribe;
mod user_language;
mod written_files;
#[cfg(test)]
mod year_report;
