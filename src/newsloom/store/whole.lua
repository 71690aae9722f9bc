-- While a cluster moves a language from node to node neither has all of it, and a script would end at the first key
-- that is not there, with a part of its work done. So the first thing that a script does is to ask for two keys that
-- no node has: of a language that is being moved the server refuses that, of any other it costs next to nothing.
redis.call('EXISTS', ARGV[1] .. 'neither', ARGV[1] .. 'nor')
