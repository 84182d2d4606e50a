/* {"tries": "Exports an entry whose look-up loops.", "run": {"code": "load_timeout"}} */
module.exports = { get scan() { for (;;) {} } }
