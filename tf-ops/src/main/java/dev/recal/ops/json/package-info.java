/** Records as JSON: strict reading with sentences for what is wrong, and writing. */
package dev.recal.ops.json;
