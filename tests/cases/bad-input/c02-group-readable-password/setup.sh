chmod 0640 newsletter.yaml
