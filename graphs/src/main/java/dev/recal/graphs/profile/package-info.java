/** Parameters and multiply-adds of a network, read from its graph. */
package dev.recal.graphs.profile;
