require('node:fs').readFileSync(__filename);
