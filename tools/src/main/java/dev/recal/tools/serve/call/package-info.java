/** What REST and gRPC have in common: limits, deadlines, and the record of each request. */
package dev.recal.tools.serve.call;
