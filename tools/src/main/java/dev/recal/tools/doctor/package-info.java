/** A report about this machine and this installation. */
package dev.recal.tools.doctor;
