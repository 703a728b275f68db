// Writes the holidays of two npm packages as lines "KR date-holidays 2025-01-01", for the comparison with ours.
// usage: node npm_holidays.cjs NODE_MODULES OUTPUT
// SPDX-License-Identifier: Apache-2.0
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const [modules, output] = process.argv.slice(2).map((name) => path.resolve(name));
const DateHolidays = require(path.join(modules, 'date-holidays'));
const holidayJp = require(path.join(modules, '@holiday-jp', 'holiday_jp'));

const FIRST_YEAR = 1990;
const LAST_YEAR = 2040;
const MS_PER_DAY = 86400000;
const lines = new Set();

for (const country of ['KR', 'JP']) {
  const rules = new DateHolidays(country, {types: ['public']});
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    for (const holiday of rules.getHolidays(year)) {
      // One entry may span several days.
      const first = Date.parse(`${holiday.date.slice(0, 10)}T00:00:00Z`);
      const days = Math.round((holiday.end - holiday.start) / MS_PER_DAY);
      for (let i = 0; i < days; i++) {
        lines.add(`${country} date-holidays ${new Date(first + i * MS_PER_DAY).toISOString().slice(0, 10)}`);
      }
    }
  }
}
for (const date of Object.keys(holidayJp.holidays)) {
  const year = Number(date.slice(0, 4));
  if (year >= FIRST_YEAR && year <= LAST_YEAR) lines.add(`JP holiday_jp ${date}`);
}
fs.writeFileSync(output, [...lines].sort().join('\n') + '\n');
