# What a fragment brings is no policy of its own.
package infra
svn := "1"
framework_version := "0.3.0"
containers := []
