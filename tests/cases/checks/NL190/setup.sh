chmod 0644 newsletter.yaml
