{ echo 'entries:'; for number in $(seq 1001); do echo "  - {title: Møde $number, kind: meeting, when: 2027-05-24}"; done; } > calendar.yaml
