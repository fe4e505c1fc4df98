//! How commands that send nothing report missing approvals.

use super::{as_user, commit, project};
use crate::project::MAY;

#[test]
fn what_is_not_approved_is_reported_by_every_command() {
    let project = project("approval-reports").always_due();
    project.edit("newsletter.yaml", "approval: required", "approval: {count: 2}");
    project.edit(MAY, "date:", "send_at: 2099-05-04 09:00\ndate:");
    commit(&project, "Anna");
    let missing =
        "issues/maj.md is not approved: another person than its author must run `newsletter approve issues/maj.md`";
    let check = |missing: &str| {
        for command in ["check", "check issues/maj.md", "preview maj"] {
            let output = project.run(command);
            assert!(output.status == 0 && output.stderr.contains(&format!("{missing}\n")), "{command}: {output:?}");
        }
        let alone = project.run("status maj");
        assert_eq!(alone.stdout, format!("issues/maj.md: not sent yet\n  {missing}\n"));
        let scheduled = project.run("schedule");
        assert!(scheduled.stdout.contains(&format!("not sent: {missing}\n")), "{scheduled:?}");
        let all = project.run("status");
        let line = format!("issues/maj.md: would not be sent at 2099-05-04 09:00: {missing}\n");
        assert!(all.stdout.contains(&line), "{all:?}");
    };
    check(missing);
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    check("issues/maj.md has 1 of 2 approvals: another person must run `newsletter approve issues/maj.md`");
    commit(&project, "Karen");
    let project = as_user(project, "Erik");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    let approved = project.run("status");
    assert!(
        approved.stdout.contains("issues/maj.md: `newsletter run` sends 4 letters at 2099-05-04 09:00\n"),
        "{approved:?}"
    );
    for command in ["check", "preview maj", "status maj", "schedule"] {
        let output = project.run(command);
        assert!(
            output.status == 0 && !output.stderr.contains("approv") && !output.stdout.contains("approv"),
            "{output:?}"
        );
    }
    // A draft needs no approval yet.
    project.edit(MAY, "send_at:", "draft: true\nsend_at:");
    assert!(!project.run("check").stderr.contains("approv"));
}
