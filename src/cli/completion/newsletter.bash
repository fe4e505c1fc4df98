# Completes newsletter in bash.
#   source <(newsletter completions bash)
# or save it as ~/.local/share/bash-completion/completions/newsletter
_newsletter() {
    local IFS=$'\n' reply
    reply=$("${COMP_WORDS[0]}" complete bash -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    COMPREPLY=()
    case $reply in
        :files) compopt -o filenames; COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")) ;;
        :folders) compopt -o filenames; COMPREPLY=($(compgen -d -- "${COMP_WORDS[COMP_CWORD]}")) ;;
        *)
            local word
            for word in $reply; do
                COMPREPLY+=("$(printf %q "$word")")
            done
            ;;
    esac
}
complete -F _newsletter newsletter
