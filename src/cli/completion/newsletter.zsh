#compdef newsletter
# Completes newsletter in zsh. Save it as _newsletter in a folder of $fpath, before compinit runs; or, after compinit:
#   source <(newsletter completions zsh)
_newsletter() {
    local -a candidates
    local reply
    reply=$("${(Q)words[1]}" complete zsh -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    case $reply in
        :files) _files ;;
        :folders) _files -/ ;;
        *)
            candidates=("${(@f)reply}")
            _describe newsletter candidates
            ;;
    esac
}
if [ "$funcstack[1]" = _newsletter ]; then
    _newsletter "$@"
else
    compdef _newsletter newsletter
fi
