// From CommonJS: what was aborted, refused or failed is not pending.
const { Piscina } = require('piscina');

void require('./parts/threads-ended.cjs')(Piscina);
