/** What this machine and this installation can do. */
package dev.recal.tools.doctor;
