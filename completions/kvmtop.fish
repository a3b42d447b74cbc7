# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion for kvmtop.  Views, columns and plugins are asked of the program, so those of the
# site are among them.  tests/test_completions.sh compares the options with --help.

# The program that is being typed, with these arguments.
function __kvmtop_ask
    set -l words (commandline -opc)
    command $words[1] $argv 2>/dev/null
end

function __kvmtop_views
    __kvmtop_ask --list-columns | awk '!seen[$1]++ { print $1 }'
end

# Of the view that the line names, with their titles.
function __kvmtop_columns
    set -l view (commandline -opc | string join ' ' |
        string match -r -g -- '(?:-V|--view)[ =]?(\w+)')
    test -n "$view"; or set view process
    __kvmtop_ask --list-columns $view[-1] | awk '{ print $2 "\t" $3 }'
end

function __kvmtop_sorts
    __kvmtop_columns
    __kvmtop_columns | awk '{ print $1 ":asc"; print $1 ":desc" }'
end

function __kvmtop_plugins
    __kvmtop_ask --list-plugins | awk '{ print $1 }'
end

complete -c kvmtop -f
complete -c kvmtop -s i -l interval -x -d 'Seconds between two refreshes'
complete -c kvmtop -s p -l pid -x -a '(__fish_complete_list , __fish_complete_pids)' \
    -d 'Only these processes'
complete -c kvmtop -s b -l batch -d 'Write reports to standard output'
complete -c kvmtop -s n -l iterations -x -d 'Stop after so many reports or refreshes'
complete -c kvmtop -s o -l output -x -a 'text csv json' -d 'Format of reports'
complete -c kvmtop -s V -l view -x -a '(__kvmtop_views)' -d 'View to start in'
complete -c kvmtop -s s -l sort -x -a '(__kvmtop_sorts)' -d 'Sort by this column'
complete -c kvmtop -s f -l filter -x -d 'Only rows that match'
complete -c kvmtop -s l -l limit -x -d 'Only the first rows; 0 is all'
complete -c kvmtop -l columns -x -a '(__fish_complete_list , __kvmtop_columns)' \
    -d 'These columns, in this order'
complete -c kvmtop -s c -l config -r -F -d 'Read this file and no other configuration'
complete -c kvmtop -s P -l plugin-dir -x -a '(__fish_complete_directories)' \
    -d 'Look for plugins here first'
complete -c kvmtop -l root -x -a '(__fish_complete_directories)' -d 'Read the host below this folder'
complete -c kvmtop -l without -x -a '(__fish_complete_list , __kvmtop_plugins)' \
    -d 'Leave this plugin out'
complete -c kvmtop -l list-plugins -d 'Show the plugins and what became of them'
complete -c kvmtop -l list-columns -d 'Show the columns of this view, or of all'
complete -c kvmtop -n '__fish_seen_argument -l list-columns' -a '(__kvmtop_views)'
complete -c kvmtop -l list-options -d 'Show the settings of the core and of plugins'
complete -c kvmtop -l check-config -d 'Check the configuration, and nothing else'
complete -c kvmtop -l version -d 'Show the version'
complete -c kvmtop -s h -l help -d 'Show the options'
