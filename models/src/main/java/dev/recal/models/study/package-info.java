/** Studies of trained networks: what is compared, and what was found. */
package dev.recal.models.study;
