# SPDX-License-Identifier: Apache-2.0
# Completion for fish. What may stand at the cursor the program itself says (app/cli/complete.h).

function __tinylm_cli_complete
    set -l given (commandline -opc)[2..]
    set -l current (commandline -ct)
    set -l start ''
    if string match -q -- '--*=*' $current
        set start (string replace -r '=.*' '=' -- $current)
        set given $given (string trim -r -c = -- $start)
        set current (string replace -r '^[^=]*=' '' -- $current)
    end
    for line in (tinylm-cli complete $given "$current" 2>/dev/null)
        switch $line
            case \tfolders
                printf "$start%s\n" (__fish_complete_directories "$current")
            case \tfiles
                printf "$start%s\n" (__fish_complete_path "$current")
            case \tfiles' *'
                set -l ending (string split -f 2 ' ' -- $line)
                printf "$start%s\n" (__fish_complete_path "$current" | string match -r ".*(?:/|\\.$ending)(?:\t.*)?\$")
            case '*'
                printf "$start%s\n" $line
        end
    end
end

complete -c tinylm-cli -f -a '(__tinylm_cli_complete)'
