/** Records as JSON: strict reading with precise errors, and writing. */
package dev.recal.ops.json;
