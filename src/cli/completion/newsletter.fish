# Completes newsletter in fish. Save it as ~/.config/fish/completions/newsletter.fish; or
#   newsletter completions fish | source
function __newsletter_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l reply ($words[1] complete fish -- $words[2..] "$current" 2>/dev/null)
    switch "$reply"
        case ':files'
            __fish_complete_path "$current"
        case ':folders'
            __fish_complete_directories "$current"
        case '*'
            string join \n -- $reply
    end
end
complete --command newsletter --no-files --arguments '(__newsletter_complete)'
